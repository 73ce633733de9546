# The idioms of Skype for Business Online scripts.
Import-Module SkypeOnlineConnector
$password = ConvertTo-SecureString 'x' -AsPlainText -Force
$credential = New-Object System.Management.Automation.PSCredential('admin@contoso.onmicrosoft.com', $password)
$session = New-CsOnlineSession -Credential $credential -OverrideAdminDomain contoso.onmicrosoft.com 3>$null
"$($session.Name) $($session.State) $($session.Availability) $($session.ConfigurationName)"
$module = Import-PSSession $session -AllowClobber
$module.Name -like 'tmp_*'
Import-Module (Import-PSSession $session -AllowClobber -DisableNameChecking) -Global
@(Get-PSSession | Where-Object { $_.ComputerName -like '*.online.lync.com' -and $_.State -eq 'Opened' }).Count
(Get-CsTenant).DisplayName
Get-PSSession | Remove-PSSession
@(Get-PSSession).Count
