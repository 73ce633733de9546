# Usages, gateways, routes and policies depend on each other.
Set-CsOnlinePstnUsage -Identity Global -Usage @{ Add = 'Local', 'Long Distance' }
(Get-CsOnlinePstnUsage).Usage -join ','
$gateway = New-CsOnlinePSTNGateway -Fqdn sbc.contoso.com -SipSignalingPort 5061 -Enabled $true
"$($gateway.Identity) $($gateway.SipSignalingPort) $($gateway.Enabled)"
New-CsOnlineVoiceRoute -Identity Redmond -NumberPattern '^\+1425' -OnlinePstnUsages Local -OnlinePstnGatewayList sbc.contoso.com | Out-Null
Set-CsOnlineVoiceRoute Redmond -OnlinePstnUsages @{ Add = 'Long Distance' }
$route = Get-CsOnlineVoiceRoute Redmond
"$($route.OnlinePstnUsages -join ',') $($route.NumberPattern) $($route.OnlinePstnGatewayList)"
New-CsOnlineVoiceRoutingPolicy Redmond -OnlinePstnUsages 'Local', 'Long Distance'
foreach ($action in
    { New-CsOnlineVoiceRoute -Identity Bad -OnlinePstnUsages Nothing -ErrorAction Stop },
    { New-CsOnlineVoiceRoutingPolicy Bad -OnlinePstnUsages Nothing -ErrorAction Stop },
    { Remove-CsOnlinePSTNGateway sbc.contoso.com -ErrorAction Stop },
    { Set-CsOnlinePstnUsage -Identity Global -Usage @{ Remove = 'Local' } -ErrorAction Stop }) {
    try { & $action | Out-Null; 'done' } catch { $_.Exception.Message }
}
Get-CsOnlineVoiceRoutingPolicy | Select-Object -First 1 -ExpandProperty Identity
Get-CsOnlineVoiceRoutingPolicy -Filter '*mond' | Select-Object -ExpandProperty Identity
Grant-CsOnlineVoiceRoutingPolicy -Identity laura.stein@contoso.example -PolicyName Redmond
(Get-CsOnlineUser laura.stein@contoso.example).OnlineVoiceRoutingPolicy
Get-CsOnlineVoiceRoute Redmond | Remove-CsOnlineVoiceRoute
@(Get-CsOnlineVoiceRoute | Where-Object Identity -EQ Redmond).Count
