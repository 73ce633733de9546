# Allow and block lists of federation.
Set-CsTenantFederationConfiguration -AllowedDomains (New-CsEdgeAllowList -AllowedDomain (New-CsEdgeDomainPattern -Domain fabrikam.com))
Set-CsTenantFederationConfiguration -AllowedDomainsAsAList @{ Add = 'woodgrove.com' }
(Get-CsTenantFederationConfiguration).AllowedDomains.AllowedDomain.Domain -join ','
Set-CsTenantFederationConfiguration -SharedSipAddressSpace $false
(Get-CsTenantFederationConfiguration).SharedSipAddressSpace
Set-CsTenantFederationConfiguration -AllowedDomains (New-CsEdgeAllowAllKnownDomains)
(Get-CsTenantFederationConfiguration).AllowedDomains.AllowedDomain.Domain -join ','
