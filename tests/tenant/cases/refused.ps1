# After a refused sign-in nothing falls back to the mock tenant, until somebody signs in to it.
try { Connect-MicrosoftTeams -AccessTokens a, b } catch { 'refused' }
try { Get-CsTenant } catch { $_.Exception.Message }
Connect-MicrosoftTeams 3>$null | Out-Null
(Get-CsTenant).DisplayName
