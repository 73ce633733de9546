# Numbers: assigning and taking them away, and the inventory of old over today's orders.
Set-CsPhoneNumberAssignment -Identity laura.stein@contoso.example -PhoneNumber +14255550140 -PhoneNumberType DirectRouting
(Get-CsPhoneNumberAssignment -AssignedPstnTargetId laura.stein@contoso.example).TelephoneNumber
$user = Get-CsOnlineUser laura.stein@contoso.example
"$($user.LineURI) $($user.EnterpriseVoiceEnabled)"
foreach ($other in 'luis.wright@contoso.example', 'elena.miller@contoso.example') {
    try { Set-CsPhoneNumberAssignment -Identity $other -PhoneNumber +14255550140 -PhoneNumberType DirectRouting -ErrorAction Stop }
    catch { "$($_.Exception.Code): $_" }
}
Remove-CsPhoneNumberAssignment -Identity laura.stein@contoso.example -RemoveAll
"[$((Get-CsOnlineUser laura.stein@contoso.example).LineURI)]"
$found = Search-CsOnlineTelephoneNumberInventory -RegionalGroup Worldwide -CountryOrRegion US -Area All -CapitalOrMajorCity Seattle -Quantity 3 -InventoryType Subscriber
$numbers = $found.Reservations[0].Numbers
$numbers.Count
Select-CsOnlineTelephoneNumberInventory -RegionalGroup Worldwide -CountryOrRegion US -Area All -CapitalOrMajorCity Seattle -ReservationId $found.ReservationId -TelephoneNumbers $numbers[0]
@(Get-CsPhoneNumberAssignment | Where-Object { $numbers -contains $_.TelephoneNumber }).Count
