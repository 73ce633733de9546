# Users: lists, filters, pipes into Set and Grant, older property names.
@(Get-CsOnlineUser -ResultSize 5).Count
(Get-CsOnlineUser | Select-Object -First 2).DisplayName -join ', '
@(Get-CsOnlineUser -Filter 'UsageLocation -eq "GB" -and Department -eq "Sales"' | Where-Object UsageLocation -NE GB).Count
$user = Get-CsOnlineUser -Identity laura.stein@contoso.example
"$($user.ObjectId -eq $user.Identity) $($user.FirstName) $($user.Enabled) $($user.WhenCreated.GetType().Name)"
$user | Set-CsUser -EnterpriseVoiceEnabled $true -HostedVoiceMail $true -OnPremLineURI tel:+14255550123
$user = Get-CsOnlineUser laura.stein@contoso.example
"$($user.EnterpriseVoiceEnabled) $($user.HostedVoiceMail) $($user.OnPremLineURI)"
Set-CsUser luis.wright@contoso.example -OnPremLineURI tel:+14255550123 -EnterpriseVoiceEnabled $true -ErrorAction SilentlyContinue
$Error[0].Exception.Message -replace '\s+$'
Get-CsOnlineUser -Identity nobody@contoso.example -ErrorAction SilentlyContinue
"$($Error[0].FullyQualifiedErrorId) | $($Error[0].Exception.Code) | $($Error[0].Exception.Message)"
try { Get-CsOnlineUser -Identity nobody@contoso.example -ErrorAction Stop } catch { "caught $($_.CategoryInfo.Category)" }
