# Emergency addresses, locations and network elements, and the order in which they go.
$address = New-CsOnlineLisCivicAddress -CompanyName Contoso -CountryOrRegion US -City Seattle -StreetName Pike -HouseNumber 1 -StateOrProvince WA -PostalCode 98101 -Description HQ
"$($address.City) $($address.CountryOrRegion) $($address.PostalCode) $($address.CompanyName)"
$location = New-CsOnlineLisLocation -CivicAddressId $address.CivicAddressId -Location 'Floor 2'
(Get-CsOnlineLisLocation -CivicAddressId $address.CivicAddressId).Location -join '|'
Set-CsOnlineLisSubnet -Subnet 10.0.0.0 -LocationId $location.LocationId -Description net
(Get-CsOnlineLisSubnet -Subnet 10.0.0.0).Description
Remove-CsOnlineLisSubnet -Subnet 10.0.0.0
Remove-CsOnlineLisLocation -LocationId $location.LocationId
Remove-CsOnlineLisCivicAddress -CivicAddressId $address.CivicAddressId
@(Get-CsOnlineLisCivicAddress | Where-Object Description -EQ HQ).Count
