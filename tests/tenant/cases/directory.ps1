# The directory cmdlets of MSOnline, AzureAD and Microsoft.Graph.
Connect-MsolService
$user = Get-MsolUser -UserPrincipalName laura.stein@contoso.example
"$($user.IsLicensed) $($user.Licenses[0].AccountSkuId) $($user.UsageLocation)"
Set-MsolUser -UserPrincipalName laura.stein@contoso.example -Department Voice
(Get-MsolUser -UserPrincipalName laura.stein@contoso.example).Department
Set-MsolUserLicense -UserPrincipalName elena.miller@contoso.example -AddLicenses contoso:ENTERPRISEPREMIUM
(Get-MsolUser -UserPrincipalName elena.miller@contoso.example).Licenses.AccountSkuId
(Get-MsolAccountSku)[0].AccountSkuId
(Get-MsolDomain).Name -join ' '
(Connect-AzureAD).TenantDomain
(Get-AzureADUser -SearchString Laura).UserPrincipalName
Connect-MgGraph -Scopes User.Read.All -NoWelcome
(Get-MgUser -UserId laura.stein@contoso.example).DisplayName
(Invoke-MgGraphRequest -Uri 'https://graph.microsoft.com/v1.0/users/laura.stein@contoso.example').displayName
@(Get-MgUser -All).Count -eq @(Get-MsolUser -All).Count
