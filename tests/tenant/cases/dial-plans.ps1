# Rules are made in memory, kept in order, changed one by one, and tested.
$rules = @(
    New-CsVoiceNormalizationRule -Identity 'Redmond/Extension' -InMemory -Pattern '^(\d{4})$' -Translation '+1425555$1' -Description 'four digits'
    New-CsVoiceNormalizationRule -Parent Redmond -Name National -InMemory -Pattern '^(\d{10})$' -Translation '+1$1'
)
"$($rules[0])"
$plan = New-CsTenantDialPlan -Identity Redmond -NormalizationRules $rules -Description 'All of Redmond'
$plan.Identity
Get-CsTenantDialPlan -Identity Redmond
Set-CsTenantDialPlan Redmond -NormalizationRules @{ Add = (New-CsVoiceNormalizationRule -Identity Redmond/Prefix -InMemory -Pattern '^9(\d+)$' -Translation '$1') }
(Get-CsTenantDialPlan Redmond).NormalizationRules.Name -join ' '
Set-CsTenantDialPlan Redmond -NormalizationRules @{ Remove = (Get-CsTenantDialPlan Redmond).NormalizationRules[1] }
(Get-CsVoiceNormalizationRule -Identity Redmond).Identity
Set-CsVoiceNormalizationRule Redmond/Prefix -Pattern '^8(\d+)$'
(Get-CsVoiceNormalizationRule Redmond/Prefix).Pattern
Remove-CsVoiceNormalizationRule Redmond/Prefix
@((Get-CsTenantDialPlan Redmond).NormalizationRules).Count
($rules[0] | Test-CsVoiceNormalizationRule -DialedNumber 1234).TranslatedNumber
Grant-CsTenantDialPlan -Identity laura.stein@contoso.example -PolicyName Redmond
$result = Test-CsEffectiveTenantDialPlan -Identity laura.stein@contoso.example -DialedNumber 1234
$result.TranslatedNumber
(Get-CsEffectiveTenantDialPlan -Identity laura.stein@contoso.example).EffectiveTenantDialPlanName -like '*_Redmond'
Remove-CsTenantDialPlan Redmond -ErrorAction SilentlyContinue
$Error[0].Exception.Message -replace 'CorrelationId.*'
Grant-CsTenantDialPlan -Identity laura.stein@contoso.example -PolicyName $null
Remove-CsTenantDialPlan Redmond
@(Get-CsTenantDialPlan | Where-Object Identity -Like '*Redmond').Count
$regex = New-CsVoiceRegex -StartsWith 425 -ExactLength 10 -DigitsToPrepend '+1'
"$($regex.Pattern) $($regex.Translation)"
