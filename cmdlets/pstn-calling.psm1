# Numbers of the era of Skype for Business Online: the inventory that was searched, reserved and bought from is the
# order flow of today. Its regions, areas and cities are not there any more; what the search plans of a country say
# stands in their place.

# Countries that numbers can be ordered in.
function Get-NumberCountry {
    Get-CsOnlineTelephoneNumberCountry | ForEach-Object {
        [pscustomobject]@{ Id = $_.Value; DefaultName = $_.Name }
    }
}

# The search plans of a country for one kind of inventory.
function Get-NumberPlan {
    param([string] $Country, [string] $InventoryType)
    $code = (Get-NumberCountry | Where-Object { $_.Id -eq $Country -or $_.DefaultName -eq $Country } | Select-Object -First 1).Id
    $pattern = if ($InventoryType -eq 'Service') { '*Service*', '*Conference*' } else { '*User*' }
    Get-CsOnlineTelephoneNumberType -Country $(if ($code) { $code } else { $Country }) | Where-Object {
        $id = $_.NumberTypeId
        $pattern | Where-Object { $id -like $_ }
    }
}

function Get-CsOnlineTelephoneNumberInventoryTypes {
    [CmdletBinding()]
    param([guid] $Tenant, [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite)
    foreach ($type in 'Service', 'Subscriber') {
        [pscustomobject]@{ Id = $type; Description = "$type numbers"; Regions = @('Worldwide'); Reservations = @() }
    }
}

function Get-CsOnlineTelephoneNumberInventoryRegions {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string] $InventoryType, [Alias('Region')] [string] $RegionalGroup, [guid] $Tenant,
        [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    [pscustomobject]@{ Id = 'Worldwide'; DefaultName = 'Worldwide'; Countries = @((Get-NumberCountry).Id) }
}

function Get-CsOnlineTelephoneNumberInventoryCountries {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [Alias('Region')] [string] $RegionalGroup, [Parameter(Mandatory)] [string] $InventoryType,
        [Alias('Country')] [string] $CountryOrRegion, [guid] $Tenant, [Alias('DC')] [string] $DomainController,
        [switch] $Force, [object] $BypassDualWrite
    )
    Get-NumberCountry | Where-Object { -not $CountryOrRegion -or $_.Id -eq $CountryOrRegion } |
        Select-Object Id, DefaultName, @{ n = 'Areas'; e = { @('All') } }
}

function Get-CsOnlineTelephoneNumberInventoryAreas {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [Alias('Region')] [string] $RegionalGroup,
        [Parameter(Mandatory)] [Alias('Country')] [string] $CountryOrRegion, [Parameter(Mandatory)] [string] $InventoryType,
        [string] $Area, [guid] $Tenant, [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    $codes = @((Get-NumberPlan $CountryOrRegion $InventoryType).AreaCodes | Select-Object -Unique)
    [pscustomobject]@{ Id = 'All'; DefaultName = 'All areas'; Cities = $codes }
}

function Get-CsOnlineTelephoneNumberInventoryCities {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [Alias('Region')] [string] $RegionalGroup,
        [Parameter(Mandatory)] [Alias('Country')] [string] $CountryOrRegion, [Parameter(Mandatory)] [string] $Area,
        [Parameter(Mandatory)] [string] $InventoryType, [Alias('City')] [string] $CapitalOrMajorCity, [guid] $Tenant,
        [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    (Get-NumberPlan $CountryOrRegion $InventoryType).AreaCodes | Select-Object -Unique | ForEach-Object {
        [pscustomobject]@{ Id = $_; DefaultName = $_; GeoCode = $_ }
    }
}

function Get-CsOnlineTelephoneNumberAvailableCount {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [guid] $Tenant, [string] $InventoryType = 'Subscriber',
        [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    $plans = foreach ($country in Get-NumberCountry) { Get-NumberPlan $country.Id $InventoryType }
    [pscustomobject]@{ Count = ($plans.Availability.Allowed | Measure-Object -Sum).Sum }
}

function Search-CsOnlineTelephoneNumberInventory {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [Alias('Region')] [string] $RegionalGroup,
        [Parameter(Mandatory)] [Alias('Country')] [string] $CountryOrRegion, [Parameter(Mandatory)] [string] $Area,
        [Parameter(Mandatory)] [Alias('City')] [string] $CapitalOrMajorCity,
        [Parameter(Mandatory)] [ValidateRange(0, 500)] [int] $Quantity, [Parameter(Mandatory)] [string] $InventoryType,
        [string] $TelephoneNumber, [string] $AreaCode, [guid] $Tenant, [Alias('DC')] [string] $DomainController,
        [switch] $Force, [object] $BypassDualWrite
    )
    $plan = Get-NumberPlan $CountryOrRegion $InventoryType | Select-Object -First 1
    $code = (Get-NumberCountry | Where-Object { $_.Id -eq $CountryOrRegion -or $_.DefaultName -eq $CountryOrRegion }).Id
    $body = @{
        Name = "Search $(Get-Date -Format s)"; Description = 'Search-CsOnlineTelephoneNumberInventory'; Country = $code
        NumberType = $plan.NumberTypeId; Quantity = $Quantity; AreaCode = if ($AreaCode) { $AreaCode } else { @($plan.AreaCodes)[0] }
    }
    $id = (Invoke-TenantRequest -Method POST -Path '/Skype.TelephoneNumberMgmt/cmdlet/searches' -Body $body -Confirm:$false).Id
    do {
        $order = Get-CsOnlineTelephoneNumberOrder -OrderId $id
        if ($order.Status -eq 'Pending') { Start-Sleep -Seconds 1 }
    } while ($order.Status -eq 'Pending')
    [pscustomobject]@{
        ReservationId = $id; ExpirationDate = $order.ReservationExpiryDate
        Reservations = @([pscustomobject]@{ Location = $CapitalOrMajorCity; Numbers = @($order.TelephoneNumbers.TelephoneNumber) })
    }
}

function Select-CsOnlineTelephoneNumberInventory {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)] [Alias('Region')] [string] $RegionalGroup,
        [Parameter(Mandatory)] [Alias('Country')] [string] $CountryOrRegion, [Parameter(Mandatory)] [string] $Area,
        [Parameter(Mandatory)] [Alias('City')] [string] $CapitalOrMajorCity, [Parameter(Mandatory)] [string] $ReservationId,
        [Parameter(Mandatory)] [string[]] $TelephoneNumbers, [guid] $LocationId, [guid] $Tenant,
        [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    $offered = @((Get-CsOnlineTelephoneNumberOrder -OrderId $ReservationId).TelephoneNumbers.TelephoneNumber)
    Complete-CsOnlineTelephoneNumberOrder -OrderId $ReservationId -WhatIf:$WhatIfPreference
    # An order is taken as a whole: what was not selected goes back.
    $unwanted = $offered | Where-Object { $TelephoneNumbers -notcontains $_ -and $TelephoneNumbers -notcontains $_.TrimStart('+') }
    if ($unwanted) { Remove-CsOnlineTelephoneNumber -TelephoneNumber $unwanted -WhatIf:$WhatIfPreference | Out-Null }
}

function Clear-CsOnlineTelephoneNumberReservation {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)] [string] $ReservationId, [Parameter(Mandatory)] [string] $InventoryType, [guid] $Tenant,
        [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite
    )
    Clear-CsOnlineTelephoneNumberOrder -OrderId $ReservationId -WhatIf:$WhatIfPreference
}

function Get-CsOnlineTelephoneNumberReservationsInformation {
    [CmdletBinding()]
    param([guid] $Tenant, [Alias('DC')] [string] $DomainController, [switch] $Force, [object] $BypassDualWrite)
    $open = @(Invoke-TenantRequest -Path '/Skype.TelephoneNumberMgmt/cmdlet/orders?orderType=Search' | Where-Object Status -EQ 'Reserved')
    [pscustomobject]@{
        ActiveReservationsCount = $open.Count; ActiveReservedNumbersCount = ($open.Quantity | Measure-Object -Sum).Sum
        MaximumActiveReservationsCount = 10; MaximumActiveReservedNumbersCount = 500
    }
}

function Get-CsOnlineDirectoryTenantNumberCities {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [guid] $Tenant, [Alias('DC')] [string] $DomainController, [switch] $Force,
        [object] $BypassDualWrite
    )
    (Get-CsPhoneNumberAssignment).City | Where-Object { $_ } | Sort-Object -Unique
}
