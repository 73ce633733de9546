# Usage reports. Their service is gone; the modern equivalents are Graph reports, which come as CSV of a whole period.
# The period is the shortest one that reaches back to -StartDate.

# The rows of one Graph report between two dates.
function Get-GraphReport {
    param([string] $Report, [hashtable] $Bound)
    $start = if ($Bound.StartDate) { $Bound.StartDate } else { (Get-Date).AddDays(-30) }
    $end = if ($Bound.EndDate) { $Bound.EndDate } else { Get-Date }
    $days = ((Get-Date) - $start).TotalDays
    $period = if ($days -le 7) { 'D7' } elseif ($days -le 30) { 'D30' } elseif ($days -le 90) { 'D90' } else { 'D180' }
    $rows = Invoke-TenantRequest -Path "/v1.0/reports/$Report(period='$period')" -Raw | ConvertFrom-Csv
    if ($Bound.UserName) { $rows = $rows | Where-Object 'User Principal Name' -EQ $Bound.UserName }
    $rows = $rows | Where-Object { -not $_.'Report Date' -or ([datetime]$_.'Report Date' -ge $start.Date -and [datetime]$_.'Report Date' -le $end) }
    if ($Bound.ResultSize -and "$($Bound.ResultSize)" -ne 'Unlimited') { $rows = $rows | Select-Object -First $Bound.ResultSize }
    foreach ($row in $rows) {
        $shown = [ordered]@{}
        foreach ($column in $row.psobject.Properties) { $shown[$column.Name -replace '[^A-Za-z0-9]'] = $column.Value }
        [pscustomobject]$shown
    }
}

function Get-CsActiveUserReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessActivityCounts $PSBoundParameters
}

function Get-CsAVConferenceTimeReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessOrganizerActivityMinuteCounts $PSBoundParameters
}

function Get-CsClientDeviceDetailReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $UserName, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessDeviceUsageUserDetail $PSBoundParameters
}

function Get-CsClientDeviceReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessDeviceUsageDistributionUserCounts $PSBoundParameters
}

function Get-CsConferenceReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessOrganizerActivityCounts $PSBoundParameters
}

function Get-CsP2PAVTimeReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessPeerToPeerActivityMinuteCounts $PSBoundParameters
}

function Get-CsP2PSessionReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessPeerToPeerActivityCounts $PSBoundParameters
}

function Get-CsUserActivitiesReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $UserName, [object] $ResultSize)
    Get-GraphReport getSkypeForBusinessActivityUserDetail $PSBoundParameters
}

# Calls of the public network from Graph's call records, at most 90 days at a time.
function Get-PstnCall {
    param([hashtable] $Bound)
    $start = if ($Bound.StartDate) { $Bound.StartDate } else { (Get-Date).AddDays(-30) }
    $end = if ($Bound.EndDate) { $Bound.EndDate } else { Get-Date }
    $range = 'fromDateTime={0:yyyy-MM-dd},toDateTime={1:yyyy-MM-dd}' -f $start, $end.AddDays(1)
    Invoke-TenantRequest -Path "/v1.0/communications/callRecords/getPstnCalls($range)" -List value
}

function Get-CsPSTNUsageDetailReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [object] $ResultSize)
    $rows = Get-PstnCall $PSBoundParameters
    if ($ResultSize -and "$ResultSize" -ne 'Unlimited') { $rows = $rows | Select-Object -First $ResultSize }
    $rows
}

function Get-CsPSTNConferenceTimeReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [string] $ReportType, [object] $ResultSize)
    Get-PstnCall $PSBoundParameters | Where-Object CallType -Like '*conf*' | Group-Object { ([datetime]$_.StartDateTime).Date } | ForEach-Object {
        [pscustomobject]@{ Date = [datetime]$_.Name; Calls = $_.Count; Minutes = [Math]::Ceiling(($_.Group | Measure-Object Duration -Sum).Sum / 60) }
    }
}

function Get-CsUsersBlockedReport {
    [CmdletBinding()]
    param([datetime] $StartDate, [datetime] $EndDate, [object] $ResultSize)
    Get-CsOnlineUser -Filter 'AccountEnabled -eq $false' | Select-Object UserPrincipalName, DisplayName, AccountEnabled
}

function Get-CsUserSession {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [object] $StartTime, [Parameter(Mandatory)] [string] $User, [object] $EndTime)
    $bound = @{ StartDate = [datetime]"$StartTime" }
    if ($EndTime) { $bound.EndDate = [datetime]"$EndTime" }
    Get-PstnCall $bound | Where-Object UserPrincipalName -EQ $User
}
