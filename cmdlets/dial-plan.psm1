# Dial plans: cmdlets that read a plan, change its list of rules and write it back, and those that only compute.
#
# A file of composites holds functions, each from its own `function` line in the first column to the next one; a
# function is compiled when its cmdlet is first used. What is not called Verb-Cs... is a helper of the others.

# A rule as the service's own cmdlets give it: lists show its fields joined by semicolons.
function ConvertTo-NormalizationRule {
    param([string] $Name, [string] $Description, [string] $Pattern, [string] $Translation, [bool] $IsInternalExtension)
    $rule = [pscustomobject]@{
        PSTypeName          = 'Deserialized.Microsoft.Rtc.Management.WritableConfig.Policy.Voice.NormalizationRule'
        Description         = $Description
        Pattern             = $Pattern
        Translation         = $Translation
        Name                = $Name
        IsInternalExtension = $IsInternalExtension
    }
    $text = { ('Description', 'Pattern', 'Translation', 'Name', 'IsInternalExtension').ForEach({ "$_=$($this.$_)" }) -join ';' }
    Add-Member -InputObject $rule -MemberType ScriptMethod -Name ToString -Value $text -Force -PassThru
}

# The plan and the rule that an identity of the form Plan/Rule names.
function Split-NormalizationRuleIdentity {
    param([string] $Identity)
    $plan, $rule = $Identity -split '/', 2
    @{ Plan = ($plan -replace '^tag:'); Rule = $rule }
}

# What a number becomes under the first rule that matches it.
function Resolve-DialedNumber {
    param([string] $DialedNumber, [object[]] $Rules)
    foreach ($rule in $Rules) {
        if ($DialedNumber -match $rule.Pattern) {
            return [pscustomobject]@{ MatchingRule = $rule; TranslatedNumber = $DialedNumber -replace $rule.Pattern, $rule.Translation }
        }
    }
    [pscustomobject]@{ MatchingRule = $null; TranslatedNumber = $null }
}

function Get-CsVoiceNormalizationRule {
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipelineByPropertyName)] [string] $Identity,
        [Parameter(ParameterSetName = 'Filter')] [string] $Filter,
        [guid] $Tenant, [switch] $LocalStore, [object] $BypassDualWrite
    )
    process {
        $wanted = Split-NormalizationRuleIdentity $Identity
        $plans = if ($wanted.Plan) { Get-CsTenantDialPlan -Identity $wanted.Plan } else { Get-CsTenantDialPlan }
        $found = foreach ($plan in $plans) {
            $place = 0
            foreach ($rule in $plan.NormalizationRules) {
                if (-not $wanted.Rule -or $rule.Name -eq $wanted.Rule) {
                    [pscustomobject]@{
                        Identity = "$($plan.Identity)/$($rule.Name)"; Priority = $place; Description = $rule.Description
                        Pattern = $rule.Pattern; Translation = $rule.Translation; Name = $rule.Name
                        IsInternalExtension = $rule.IsInternalExtension
                    }
                }
                $place++
            }
        }
        if ($Filter) { $found = $found | Where-Object Identity -Like $Filter }
        if ($wanted.Rule -and -not $found) {
            Write-Error -Message "Management object not found for identity `"$Identity`"." -Category ObjectNotFound -ErrorId NotFound
        }
        $found
    }
}

function New-CsVoiceNormalizationRule {
    [CmdletBinding(DefaultParameterSetName = 'Identity', SupportsShouldProcess)]
    param(
        [Parameter(ParameterSetName = 'Identity', Mandatory, Position = 0)] [string] $Identity,
        [Parameter(ParameterSetName = 'ParentAndRelativeKey', Mandatory)] [string] $Parent,
        [Parameter(ParameterSetName = 'ParentAndRelativeKey', Mandatory)] [string] $Name,
        [string] $Description, [string] $Pattern = '^(\d{11})$', [string] $Translation = '+$1',
        [bool] $IsInternalExtension, [int] $Priority, [switch] $InMemory, [switch] $Force, [guid] $Tenant,
        [object] $BypassDualWrite
    )
    if ($Identity) {
        $parts = Split-NormalizationRuleIdentity $Identity
        $Parent = $parts.Plan
        $Name = if ($parts.Rule) { $parts.Rule } else { $parts.Plan }
    }
    $rule = ConvertTo-NormalizationRule $Name $Description $Pattern $Translation $IsInternalExtension
    if ($InMemory) { return $rule }
    $plan = Get-CsTenantDialPlan -Identity $Parent
    if (-not $plan) { return }
    $rules = [System.Collections.Generic.List[object]]@($plan.NormalizationRules | Where-Object Name -NE $Name)
    $place = if ($PSBoundParameters.ContainsKey('Priority')) { [Math]::Min($Priority, $rules.Count) } else { $rules.Count }
    $rules.Insert($place, $rule)
    Set-CsTenantDialPlan -Identity $Parent -NormalizationRules $rules -WhatIf:$WhatIfPreference -Confirm:$false
    if (-not $WhatIfPreference) { $rule }
}

function Set-CsVoiceNormalizationRule {
    [CmdletBinding(DefaultParameterSetName = 'Identity', SupportsShouldProcess)]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipelineByPropertyName)] [string] $Identity,
        [Parameter(ParameterSetName = 'Instance', ValueFromPipeline)] [psobject] $Instance,
        [string] $Description, [string] $Pattern, [string] $Translation, [bool] $IsInternalExtension, [int] $Priority,
        [guid] $Tenant, [switch] $Force, [object] $BypassDualWrite
    )
    process {
        if ($Instance) { $Identity = $Instance.Identity }
        $old = Get-CsVoiceNormalizationRule -Identity $Identity
        if (-not $old) { return }
        $parts = Split-NormalizationRuleIdentity $Identity
        $new = @{ Identity = $Identity; Priority = $old.Priority }
        foreach ($field in 'Description', 'Pattern', 'Translation', 'IsInternalExtension') {
            $new[$field] = if ($PSBoundParameters.ContainsKey($field)) { $PSBoundParameters[$field] }
            elseif ($Instance) { $Instance.$field }
            else { $old.$field }
        }
        if ($PSBoundParameters.ContainsKey('Priority')) { $new.Priority = $Priority }
        $null = New-CsVoiceNormalizationRule @new -WhatIf:$WhatIfPreference
    }
}

function Remove-CsVoiceNormalizationRule {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [string] $Identity,
        [guid] $Tenant, [switch] $Force, [object] $BypassDualWrite
    )
    process {
        if (-not (Get-CsVoiceNormalizationRule -Identity $Identity)) { return }
        $parts = Split-NormalizationRuleIdentity $Identity
        $rules = @((Get-CsTenantDialPlan -Identity $parts.Plan).NormalizationRules | Where-Object Name -NE $parts.Rule)
        Set-CsTenantDialPlan -Identity $parts.Plan -NormalizationRules $rules -WhatIf:$WhatIfPreference -Confirm:$false
    }
}

function Test-CsVoiceNormalizationRule {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string] $DialedNumber,
        [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)] [psobject] $NormalizationRule
    )
    process {
        $result = Resolve-DialedNumber $DialedNumber $NormalizationRule
        [pscustomobject]@{
            PSTypeName       = 'Microsoft.Rtc.Management.Voice.NormalizationRuleTestResult'
            TranslatedNumber = $result.TranslatedNumber
        }
    }
}

function Test-CsDialPlan {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string] $DialedNumber,
        [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)] [psobject] $Dialplan
    )
    process { Resolve-DialedNumber $DialedNumber $Dialplan.NormalizationRules }
}

function New-CsVoiceRegex {
    [CmdletBinding(DefaultParameterSetName = 'ExactLength')]
    param(
        [string] $StartsWith,
        [Parameter(ParameterSetName = 'ExactLength', Mandatory)] [int] $ExactLength,
        [Parameter(ParameterSetName = 'AtLeastLength', Mandatory)] [int] $AtLeastLength,
        [int] $DigitsToStrip, [string] $DigitsToPrepend
    )
    $least = if ($PSCmdlet.ParameterSetName -eq 'ExactLength') { $ExactLength } else { $AtLeastLength }
    $tail = if ($PSCmdlet.ParameterSetName -eq 'ExactLength') { '' } else { '\d*' }
    # Fixed digits first, then as many free ones as the length leaves; what is stripped stands before the group.
    $fixed = [Math]::Min($DigitsToStrip, $StartsWith.Length)
    $free = [Math]::Max(0, $least - $StartsWith.Length)
    $strippedFree = $DigitsToStrip - $fixed
    $digits = { param($count) if ($count -gt 0) { "\d{$count}" } }
    $before = $StartsWith.Substring(0, $fixed) + (& $digits $strippedFree)
    $kept = $StartsWith.Substring($fixed) + (& $digits ($free - $strippedFree)) + $tail
    [pscustomobject]@{
        PSTypeName  = 'Microsoft.Rtc.Management.Voice.OcsVoiceRegex'
        Pattern     = "^$before($kept)`$"
        Translation = "$DigitsToPrepend`$1"
    }
}
