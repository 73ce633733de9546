# Cloud Connector Edition: windows, sites, appliances and the relations between them.
New-CsTenantUpdateTimeWindow -Identity Night -Daily -StartTime 22:00 -Duration 04:00
New-CsTenantUpdateTimeWindow -Identity Weekend -Weekly -DaysOfWeek Saturday, Sunday -StartTime 02:00 -Duration 06:00 | Out-Null
$site = New-CsHybridPSTNSite -Identity Redmond -EdgeFQDN edge.redmond.contoso.com
"$($site.Identity) $($site.Index) $($site.Name) $($site.EdgeFQDN) $($site.EnableAutoUpdate)"
Set-CsHybridPSTNSite Redmond -BitsUpdateTimeWindow @{ Add = 'Night', 'Weekend' } -EnableAutoUpdate $false
Set-CsHybridPSTNSite Redmond -BitsUpdateTimeWindow @{ Remove = 'night' }
$site = Get-CsHybridPSTNSite -Identity redmond
"$($site.BitsUpdateTimeWindowList) $($site.EnableAutoUpdate)"
Register-CsHybridPSTNAppliance -Name CCE1 -SiteName Redmond -MediationServerIPAddress 10.0.0.5 -MediationServerFqdn cce1.contoso.com
(Get-CsHybridPSTNAppliance).Name
Set-CsHybridPSTNAppliance -Identity CCE1 -MaintenanceMode $true
(Get-CsHybridPSTNAppliance).MaintenanceMode
$ErrorActionPreference = 'Stop'
foreach ($action in
    { New-CsHybridPSTNSite -Identity Redmond -EdgeFQDN edge.redmond.contoso.com },
    { Register-CsHybridPSTNAppliance -Name CCE2 -SiteName Nowhere -MediationServerIPAddress 10.0.0.6 -MediationServerFqdn cce2.contoso.com },
    { Register-CsHybridPSTNAppliance -Name CCE1 -SiteName Redmond -MediationServerIPAddress 10.0.0.7 -MediationServerFqdn cce3.contoso.com },
    { Remove-CsTenantUpdateTimeWindow Weekend }, { Remove-CsHybridPSTNSite Redmond },
    { Set-CsUserPstnSettings laura.stein@contoso.example -HybridPSTNSite Nowhere }) {
    try { & $action | Out-Null; 'done' } catch { $_.Exception.Message }
}
Set-CsUserPstnSettings laura.stein@contoso.example -HybridPSTNSite Redmond -AllowInternationalCalls $true
$settings = Get-CsUserPstnSettings laura.stein@contoso.example
"$($settings.AllowInternationalCalls) $($settings.HybridPSTNSiteName)"
Set-CsUserPstnSettings laura.stein@contoso.example -HybridPSTNSite $null -AllowInternationalCalls $false
(Get-CsUserPstnSettings laura.stein@contoso.example).HybridPSTNSiteName -eq $null
