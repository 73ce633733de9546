<#
.SYNOPSIS
    Rolls out Cloud PBX with Cloud Connector Edition for a company with several sites.

.DESCRIPTION
    Reads what is wanted from CSV files, compares it with what the tenant has, and changes only what differs:

      1. update time windows, hybrid PSTN sites and their appliances
      2. PSTN usages, gateways, voice routes and voice routing policies
      3. tenant dial plans with their normalisation rules
      4. users: Enterprise Voice, hosted voicemail, number, site, dial plan, routing policy
      5. tests of the dial plans, dial-in conferencing defaults
      6. a report for every site as a table, a CSV and an HTML file

    One user that fails does not stop the others; the summary at the end names each failure, and the exit code is then 1.
    A second run changes nothing and says so.

.PARAMETER DataPath
    The folder of the CSV files: timewindows, sites, usages, routes, policies, rules, users, tests.

.PARAMETER ReportPath
    The folder for the report files. It is made if need be.

.PARAMETER Credential
    Who signs in. Without it, the way of signing in is that of Connect-MicrosoftTeams.

.EXAMPLE
    ./cloud-pbx-rollout.ps1

.EXAMPLE
    ./cloud-pbx-rollout.ps1 -DataPath ./emea -ReportPath ./reports -Credential (Get-Credential)
#>
[CmdletBinding()]
param(
    [string] $DataPath = (Join-Path $PSScriptRoot 'cloud-pbx-rollout'),
    [string] $ReportPath = (Join-Path (Get-Location) 'cloud-pbx-report'),
    [System.Management.Automation.PSCredential] $Credential
)

$ErrorActionPreference = 'Stop'
$changes = New-Object System.Collections.Generic.List[string]
$failures = New-Object System.Collections.Generic.List[object]
$started = Get-Date

# Reads one of the input files and checks that it has the columns that are needed.
function Import-Plan {
    param([string] $Name, [string[]] $Columns)
    $path = Join-Path $DataPath "$Name.csv"
    if (-not (Test-Path -LiteralPath $path)) { throw "The input file '$path' is missing." }
    $rows = @(Import-Csv -LiteralPath $path)
    if ($rows.Count -eq 0) { throw "The input file '$path' has no rows." }
    $has = @($rows[0].PSObject.Properties.Name)
    foreach ($column in $Columns) {
        if ($has -notcontains $column) { throw "The input file '$path' has no column '$column'." }
    }
    $rows
}

# Splits a cell that holds several values.
function Split-Cell {
    param([string] $Text)
    @($Text -split ';' | ForEach-Object { $_.Trim() } | Where-Object { $_ })
}

# Carries a change out and counts it.
function Invoke-Change {
    param([string] $Description, [scriptblock] $Action)
    & $Action | Out-Null
    $changes.Add($Description)
    Write-Verbose $Description
}

# True when an object lacks one of the wanted values. Lists are compared with their order, text without case.
function Test-Difference {
    param($Current, [hashtable] $Wanted)
    foreach ($name in $Wanted.Keys) {
        $is = @($Current.$name | ForEach-Object { "$_" }) -join ';'
        $should = @($Wanted[$name] | ForEach-Object { "$_" }) -join ';'
        if ($is -ne $should) { return $true }
    }
    $false
}

# The object of a Get cmdlet, or nothing when there is none of the name.
function Get-Existing {
    param([string] $Cmdlet, [string] $Identity)
    & $Cmdlet -ErrorAction SilentlyContinue | Where-Object { ($_.Identity -replace '^tag:') -eq $Identity }
}

function Show-Step {
    param([int] $Number, [string] $Text)
    Write-Progress -Id 1 -Activity 'Cloud PBX rollout' -Status $Text -PercentComplete (100 * $Number / 8)
    Write-Host "[$Number/8] $Text"
}

# ---- the plan ------------------------------------------------------------------------------------------------------

$windows = Import-Plan timewindows Name, Type, StartTime, Duration, DaysOfWeek
$sites = Import-Plan sites Name, EdgeFqdn, Gateway, BitsWindow, OsWindow, Appliances
$usages = Import-Plan usages Usage
$routes = Import-Plan routes Name, Pattern, Usages, Gateways, Priority
$policies = Import-Plan policies Name, Usages, Description
$rules = Import-Plan rules DialPlan, Name, Pattern, Translation, Description
$people = Import-Plan users UserPrincipalName, Site, PhoneNumber, DialPlan, RoutingPolicy, International
$tests = Import-Plan tests DialPlan, DialedNumber, Expected

# ---- 1. the session ------------------------------------------------------------------------------------------------

Show-Step 1 'Connecting'
if ($Credential) { $session = Connect-MicrosoftTeams -Credential $Credential } else { $session = Connect-MicrosoftTeams }
Write-Host "      $($session.Account) on $($session.Environment), tenant $($session.TenantId)"

# ---- 2. sites ------------------------------------------------------------------------------------------------------

Show-Step 2 'Time windows, sites and appliances'

if (-not (Get-CsTenantFederationConfiguration).SharedSipAddressSpace) {
    Invoke-Change 'Shared SIP address space' { Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true }
}

foreach ($window in $windows) {
    $existing = Get-Existing Get-CsTenantUpdateTimeWindow $window.Name
    $arguments = @{ Identity = $window.Name; StartTime = [timespan]$window.StartTime; Duration = [timespan]$window.Duration }
    $arguments[$window.Type] = $true
    if ($window.Type -eq 'Weekly') { $arguments.DaysOfWeek = $window.DaysOfWeek }
    if (-not $existing) {
        Invoke-Change "Time window $($window.Name)" { New-CsTenantUpdateTimeWindow @arguments }
    }
    elseif ([timespan]"$($existing.StartTime)" -ne $arguments.StartTime -or [timespan]"$($existing.Duration)" -ne $arguments.Duration) {
        Invoke-Change "Time window $($window.Name)" { Set-CsTenantUpdateTimeWindow @arguments }
    }
}

foreach ($site in $sites) {
    $existing = Get-Existing Get-CsHybridPSTNSite $site.Name
    if (-not $existing) {
        Invoke-Change "Site $($site.Name)" {
            New-CsHybridPSTNSite -Identity $site.Name -EdgeFQDN $site.EdgeFqdn -EnableAutoUpdate $true
        }
        $existing = Get-Existing Get-CsHybridPSTNSite $site.Name
    }
    elseif (Test-Difference $existing @{ EdgeFQDN = $site.EdgeFqdn; EnableAutoUpdate = $true }) {
        Invoke-Change "Site $($site.Name)" {
            Set-CsHybridPSTNSite -Identity $site.Name -EdgeFQDN $site.EdgeFqdn -EnableAutoUpdate $true
        }
    }
    if (@($existing.BitsUpdateTimeWindowList) -notcontains $site.BitsWindow) {
        Invoke-Change "Bits update window of $($site.Name)" {
            Set-CsHybridPSTNSite -Identity $site.Name -BitsUpdateTimeWindow @{ Add = $site.BitsWindow }
        }
    }
    if (@($existing.OsUpdateTimeWindowList) -notcontains $site.OsWindow) {
        Invoke-Change "Operating system update window of $($site.Name)" {
            Set-CsHybridPSTNSite -Identity $site.Name -OsUpdateTimeWindow @{ Add = $site.OsWindow }
        }
    }
    # An appliance is written as name=address.
    foreach ($entry in Split-Cell $site.Appliances) {
        $name, $address = $entry -split '=', 2
        if (-not (Get-CsHybridPSTNAppliance | Where-Object { $_.Name -eq $name })) {
            Invoke-Change "Appliance $name" {
                Register-CsHybridPSTNAppliance -Name $name -SiteName $site.Name -MediationServerIPAddress $address `
                    -MediationServerFqdn "$name.$($site.EdgeFqdn -replace '^[^.]+\.')"
            }
        }
    }
}

if ((Get-CsTenantHybridConfiguration).PeerDestination -ne $sites[0].Name) {
    Invoke-Change 'Default destination' { Set-CsTenantHybridConfiguration -PeerDestination $sites[0].Name }
}

# ---- 3. routing ----------------------------------------------------------------------------------------------------

Show-Step 3 'PSTN usages, gateways, voice routes and routing policies'

$present = @((Get-CsOnlinePstnUsage -Identity Global).Usage)
$missing = @($usages | Where-Object { $present -notcontains $_.Usage } | ForEach-Object { $_.Usage })
if ($missing.Count -gt 0) {
    Invoke-Change "PSTN usages $($missing -join ', ')" { Set-CsOnlinePstnUsage -Identity Global -Usage @{ Add = $missing } }
}

foreach ($site in $sites) {
    if (-not (Get-Existing Get-CsOnlinePSTNGateway $site.Gateway)) {
        Invoke-Change "Gateway $($site.Gateway)" {
            New-CsOnlinePSTNGateway -Fqdn $site.Gateway -SipSignalingPort 5061 -Enabled $true
        }
    }
}

foreach ($route in $routes) {
    $existing = Get-Existing Get-CsOnlineVoiceRoute $route.Name
    $wanted = @{
        NumberPattern         = $route.Pattern
        OnlinePstnUsages      = @(Split-Cell $route.Usages)
        OnlinePstnGatewayList = @(Split-Cell $route.Gateways)
    }
    if (-not $existing) {
        Invoke-Change "Voice route $($route.Name)" {
            New-CsOnlineVoiceRoute -Identity $route.Name -Priority ([int]$route.Priority) @wanted
        }
    }
    elseif (Test-Difference $existing $wanted) {
        Invoke-Change "Voice route $($route.Name)" { Set-CsOnlineVoiceRoute -Identity $route.Name @wanted }
    }
}

foreach ($policy in $policies) {
    $existing = Get-Existing Get-CsOnlineVoiceRoutingPolicy $policy.Name
    $wanted = @{ OnlinePstnUsages = @(Split-Cell $policy.Usages); Description = $policy.Description }
    if (-not $existing) {
        Invoke-Change "Voice routing policy $($policy.Name)" { New-CsOnlineVoiceRoutingPolicy -Identity $policy.Name @wanted }
    }
    elseif (Test-Difference $existing $wanted) {
        Invoke-Change "Voice routing policy $($policy.Name)" { Set-CsOnlineVoiceRoutingPolicy -Identity $policy.Name @wanted }
    }
}

# ---- 4. dial plans -------------------------------------------------------------------------------------------------

Show-Step 4 'Dial plans'

foreach ($group in ($rules | Group-Object DialPlan)) {
    $existing = Get-Existing Get-CsTenantDialPlan $group.Name
    $wanted = foreach ($rule in $group.Group) { "$($rule.Name)|$($rule.Pattern)|$($rule.Translation)" }
    $current = foreach ($rule in $existing.NormalizationRules) { "$($rule.Name)|$($rule.Pattern)|$($rule.Translation)" }
    if (($current -join "`n") -ceq ($wanted -join "`n")) { continue }
    $list = New-Object System.Collections.Generic.List[object]
    foreach ($rule in $group.Group) {
        $list.Add((New-CsVoiceNormalizationRule -Identity "$($group.Name)/$($rule.Name)" -InMemory `
                    -Pattern $rule.Pattern -Translation $rule.Translation -Description $rule.Description))
    }
    if ($existing) {
        Invoke-Change "Dial plan $($group.Name)" { Set-CsTenantDialPlan -Identity $group.Name -NormalizationRules $list }
    }
    else {
        Invoke-Change "Dial plan $($group.Name)" {
            New-CsTenantDialPlan -Identity $group.Name -SimpleName $group.Name -NormalizationRules $list
        }
    }
}

# ---- 5. users ------------------------------------------------------------------------------------------------------

Show-Step 5 "Users ($($people.Count))"

$siteNames = @($sites | ForEach-Object { $_.Name })
$place = 0
foreach ($person in $people) {
    $place++
    $upn = $person.UserPrincipalName
    Write-Progress -Id 2 -ParentId 1 -Activity 'Enabling users' -Status $upn -PercentComplete (100 * $place / $people.Count)
    try {
        if ($siteNames -notcontains $person.Site) { throw "The site '$($person.Site)' is not in the plan." }
        $user = Get-CsOnlineUser -Identity $upn
        $number = "tel:$($person.PhoneNumber)"
        if (-not $user.EnterpriseVoiceEnabled -or -not $user.HostedVoiceMail -or $user.OnPremLineURI -ne $number) {
            Invoke-Change "Voice and number of $upn" {
                Set-CsUser -Identity $upn -EnterpriseVoiceEnabled $true -HostedVoiceMail $true -OnPremLineURI $number
            }
        }
        $settings = Get-CsUserPstnSettings -Identity $upn
        $international = $person.International -eq 'yes'
        if ($settings.HybridPSTNSiteName -ne $person.Site -or $settings.AllowInternationalCalls -ne $international) {
            Invoke-Change "Site of $upn" {
                Set-CsUserPstnSettings -Identity $upn -HybridPSTNSite $person.Site -AllowInternationalCalls $international
            }
        }
        if ("$($user.TenantDialPlan)" -ne $person.DialPlan) {
            Invoke-Change "Dial plan of $upn" { Grant-CsTenantDialPlan -Identity $upn -PolicyName $person.DialPlan }
        }
        if ("$($user.OnlineVoiceRoutingPolicy)" -ne $person.RoutingPolicy) {
            Invoke-Change "Routing policy of $upn" {
                Grant-CsOnlineVoiceRoutingPolicy -Identity $upn -PolicyName $person.RoutingPolicy
            }
        }
    }
    catch {
        $failures.Add([pscustomobject]@{ Subject = $upn; Message = $_.Exception.Message })
    }
}
Write-Progress -Id 2 -ParentId 1 -Activity 'Enabling users' -Completed

# ---- 6. tests ------------------------------------------------------------------------------------------------------

Show-Step 6 'Testing the dial plans'

$results = foreach ($test in $tests) {
    # Any user who has the plan sees what the plan makes of a number.
    $failed = @($failures | ForEach-Object { $_.Subject })
    $witness = $people | Where-Object { $_.DialPlan -eq $test.DialPlan -and $failed -notcontains $_.UserPrincipalName } |
        Select-Object -First 1
    if (-not $witness) { continue }
    $result = Test-CsEffectiveTenantDialPlan -Identity $witness.UserPrincipalName -DialedNumber $test.DialedNumber
    [pscustomobject]@{
        DialPlan   = $test.DialPlan
        Dialed     = $test.DialedNumber
        Translated = "$($result.TranslatedNumber)"
        Expected   = $test.Expected
        Passed     = "$($result.TranslatedNumber)" -eq $test.Expected
    }
}
$results | Format-Table -AutoSize | Out-Host
foreach ($result in ($results | Where-Object { -not $_.Passed })) {
    $failures.Add([pscustomobject]@{
            Subject = "dial plan $($result.DialPlan)"
            Message = "$($result.Dialed) becomes '$($result.Translated)' and not '$($result.Expected)'"
        })
}

# ---- 7. conferencing -----------------------------------------------------------------------------------------------

Show-Step 7 'Dial-in conferencing'

$conferencing = @{ EnableEntryExitNotifications = $true; EntryExitAnnouncementsType = 'ToneOnly'; PinLength = 6 }
$current = Get-CsOnlineDialInConferencingTenantSettings
if (Test-Difference $current $conferencing) {
    Invoke-Change 'Dial-in conferencing defaults' { Set-CsOnlineDialInConferencingTenantSettings @conferencing }
}
$bridge = Get-CsOnlineDialInConferencingBridge | Where-Object { $_.IsDefault } | Select-Object -First 1
Write-Host "      default bridge: $($bridge.Name), $(@($bridge.ServiceNumbers).Count) service number(s)"

# ---- 8. report -----------------------------------------------------------------------------------------------------

Show-Step 8 'Report'

$appliances = @(Get-CsHybridPSTNAppliance)
$rows = foreach ($person in $people) {
    $user = Get-CsOnlineUser -Identity $person.UserPrincipalName -ErrorAction SilentlyContinue
    if (-not $user) { continue }
    [pscustomobject]@{
        Site        = $person.Site
        User        = $user.UserPrincipalName
        DisplayName = $user.DisplayName
        Number      = "$($user.OnPremLineURI)" -replace '^tel:'
        Voice       = $user.EnterpriseVoiceEnabled
        Voicemail   = $user.HostedVoiceMail
        DialPlan    = $user.TenantDialPlan
    }
}
$report = foreach ($site in (Get-CsHybridPSTNSite | Where-Object { $siteNames -contains $_.Name })) {
    $members = @($rows | Where-Object { $_.Site -eq $site.Name })
    [pscustomobject]@{
        Site        = $site.Name
        Edge        = $site.EdgeFQDN
        CCE         = @($appliances | Where-Object { $_.SiteIndex -eq $site.Index }).Count
        Users       = $members.Count
        Enabled     = @($members | Where-Object { $_.Voice }).Count
        Voicemail   = @($members | Where-Object { $_.Voicemail }).Count
        FirstNumber = ($members | Where-Object { $_.Number } | Sort-Object Number | Select-Object -First 1).Number
    }
}
$report | Format-Table -AutoSize | Out-Host

if (-not (Test-Path -LiteralPath $ReportPath)) { New-Item -ItemType Directory -Path $ReportPath | Out-Null }
$csv = Join-Path $ReportPath 'cloud-pbx-users.csv'
$html = Join-Path $ReportPath 'cloud-pbx-sites.html'
$rows | Sort-Object Site, User | Export-Csv -LiteralPath $csv -NoTypeInformation -Encoding UTF8
$sections = foreach ($site in $report) {
    $rows | Where-Object { $_.Site -eq $site.Site } | Sort-Object User |
        ConvertTo-Html -Fragment -PreContent "<h2>$($site.Site): $($site.Enabled) of $($site.Users) users enabled</h2>"
}
$summary = $report | ConvertTo-Html -Fragment
ConvertTo-Html -Title 'Cloud PBX by site' -Body "<h1>Cloud PBX by site</h1>`n$($summary -join "`n")`n$($sections -join "`n")" |
    Set-Content -LiteralPath $html -Encoding UTF8
Write-Progress -Id 1 -Activity 'Cloud PBX rollout' -Completed

# ---- summary -------------------------------------------------------------------------------------------------------

$seconds = [int]((Get-Date) - $started).TotalSeconds
Write-Host "Report: $csv"
Write-Host "        $html"
if ($changes.Count -eq 0) { Write-Host "Nothing changed: the tenant already is as planned." }
else { Write-Host "$($changes.Count) changes in $seconds s." }
if ($failures.Count -gt 0) {
    Write-Host "$($failures.Count) failure(s):"
    $failures | Format-Table -AutoSize -Wrap | Out-Host
    exit 1
}
Write-Host "$($people.Count) users, no failures."
