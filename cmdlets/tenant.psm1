# Tenant settings whose form on the wire is not that of the cmdlet.

# The allow list of federation: no list allows all known domains, a list of domains allows only those. The list may be
# given as @{Add=..; Remove=..; Replace=..}, which is applied to the one that is there.
function Resolve-FederationAllowList {
    param([object] $Choice, [object] $List)
    $names = { param($items) foreach ($item in @($items)) { if ($item) { if ($item.Domain) { $item.Domain } else { "$item" } } } }
    if ($null -ne $Choice) {
        if ($Choice.AllowAllKnownDomains) { return , @() }
        $List = if ($null -ne $Choice.AllowedDomain) { $Choice.AllowedDomain } else { $Choice }
    }
    $wanted = if ($List -is [System.Collections.IDictionary]) {
        $current = (Get-CsTenantFederationConfiguration).AllowedDomains
        $start = if ($List.Contains('Replace')) { $List.Replace } elseif ($current.AllowList) { $current.AllowList } else { $current.AllowedDomain }
        $remove = @(& $names $List.Remove)
        @(& $names $start) + @(& $names $List.Add) | Where-Object { $remove -notcontains $_ } | Select-Object -Unique
    }
    else { & $names $List }
    @{ AllowList = @($wanted) }
}

function Set-CsTenantFederationConfiguration {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0)] [string] $Identity = 'Global',
        [Parameter(ParameterSetName = 'Instance', ValueFromPipeline)] [psobject] $Instance,
        [object] $AllowedDomains, [object] $AllowedDomainsAsAList, [object] $BlockedDomains, [switch] $BlockAllSubdomains,
        [bool] $AllowFederatedUsers, [bool] $AllowPublicUsers, [bool] $AllowTeamsConsumer, [bool] $AllowTeamsConsumerInbound,
        [bool] $TreatDiscoveredPartnersAsUnverified, [bool] $SharedSipAddressSpace,
        [bool] $RestrictTeamsConsumerToExternalUserProfiles, [string] $ExternalAccessWithTrialTenants,
        [string] $SecurityTeamAllowBlockListDelegation, [object] $AllowedTrialTenantDomains,
        [string] $EnableExternalAccessRestrictionsForChatParticipants, [string] $EnableMutualFederationForChatParticipants,
        [guid] $Tenant, [switch] $Force, [object] $BypassDualWrite
    )
    process {
        $arguments = @{} + $PSBoundParameters
        foreach ($name in 'Identity', 'AllowedDomains', 'AllowedDomainsAsAList', 'Tenant', 'BypassDualWrite') { $arguments.Remove($name) }
        if ($PSBoundParameters.ContainsKey('AllowedDomains') -or $PSBoundParameters.ContainsKey('AllowedDomainsAsAList')) {
            $arguments.AllowedDomains = Resolve-FederationAllowList $AllowedDomains $AllowedDomainsAsAList
        }
        if ($Instance) { $arguments.Instance = $Instance }
        Set-FederationSettings @arguments
    }
}
