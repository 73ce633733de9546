# Signing in says that it is the mock, and what belongs to a real tenant is refused.
$session = Connect-MicrosoftTeams 3>$null
"$($session.Environment) $($session.Account) $($session.TenantId -eq (Get-CsTenant).TenantId)"
$said = Connect-MicrosoftTeams 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }
"$said"
foreach ($arguments in @{ AccessTokens = @('a', 'b') }, @{ ApplicationId = 'x'; CertificateThumbprint = 'y'; TenantId = 'z' }) {
    try { Connect-MicrosoftTeams @arguments; 'connected' } catch { $_.FullyQualifiedErrorId -replace ',.*'; $_.Exception.Message }
}
Disconnect-MicrosoftTeams
(Get-CsTenant).DisplayName
