# The directory cmdlets that voice scripts call beside their own: MSOnline, AzureAD and Microsoft.Graph users, licences,
# groups and domains. All of them go to Graph v1.0; their objects have the property names of their own module.

# ---- what the modules share ----

# The answer to a sign-in, for the connect cmdlets that give one.
function Get-DirectoryConnection {
    $tenant = Invoke-TenantRequest -Path '/Teams.Tenant/tenants'
    $initial = @($tenant.VerifiedDomains | Where-Object { $_.Name -like '*.onmicrosoft.com' })[0].Name
    [pscustomobject]@{
        Account = "admin@$initial"; Environment = 'DialtoneMock'; TenantId = $tenant.TenantId; TenantDomain = $initial
        AccountType = 'User'
    }
}

# Users of Graph: one by id or name, or all that a filter or a search text finds.
function Find-DirectoryUser {
    param([string] $Id, [string] $Filter, [string] $Search, [int] $Top, [string[]] $Property)
    $fields = 'id,userPrincipalName,displayName,givenName,surname,mail,accountEnabled,usageLocation,department,jobTitle,' +
        'city,country,officeLocation,mobilePhone,businessPhones,assignedLicenses,assignedPlans,proxyAddresses'
    if ($Property) { $fields = $Property -join ',' }
    $query = "`$select=$fields"
    if ($Id) { return Invoke-TenantRequest -Path "/v1.0/users/$([uri]::EscapeDataString($Id))?$query" }
    if ($Search) { $Filter = "startswith(displayName,'$Search') or startswith(userPrincipalName,'$Search')" }
    if ($Filter) { $query += "&`$filter=$([uri]::EscapeDataString($Filter))" }
    $rows = Invoke-TenantRequest -Path "/v1.0/users?$query" -List value
    if ($Top) { $rows | Select-Object -First $Top } else { $rows }
}

# Licences of the tenant by id, read once.
function Get-DirectorySku { Invoke-TenantRequest -Path '/v1.0/subscribedSkus' -List value }

# Adds and takes licences; both lists of Graph's call are required and may be empty.
function Set-DirectoryLicense {
    param([string] $User, [object[]] $Add, [string[]] $Remove)
    $body = @{ addLicenses = @($Add); removeLicenses = @($Remove | Where-Object { $_ }) }
    Invoke-TenantRequest -Method POST -Path "/v1.0/users/$([uri]::EscapeDataString($User))/assignLicense" -Body $body | Out-Null
}

# ---- MSOnline ----

function Connect-MsolService {
    [CmdletBinding()]
    param([pscredential] $Credential, [string] $AccessToken, [string] $AdGraphAccessToken, [string] $AzureEnvironment)
    if ($Credential) { Connect-MicrosoftTeams -Credential $Credential | Out-Null } else { Get-DirectoryConnection | Out-Null }
}

function ConvertTo-DirectoryUser {
    param([object] $User, [object[]] $Skus, [string] $Company)
    $licences = foreach ($licence in $User.AssignedLicenses) {
        $sku = $Skus | Where-Object SkuId -EQ $licence.SkuId
        [pscustomobject]@{
            PSTypeName    = 'Microsoft.Online.Administration.UserLicense'
            AccountSkuId  = "${Company}:$($sku.SkuPartNumber)"
            AccountSku    = [pscustomobject]@{ AccountName = $Company; SkuPartNumber = $sku.SkuPartNumber }
            ServiceStatus = @(foreach ($plan in $sku.ServicePlans) {
                    [pscustomobject]@{
                        ServicePlan        = [pscustomobject]@{ ServiceName = $plan.ServicePlanName }
                        ProvisioningStatus = if (@($licence.DisabledPlans) -contains $plan.ServicePlanId) { 'Disabled' } else { 'Success' }
                    }
                })
        }
    }
    [pscustomobject]@{
        PSTypeName = 'Microsoft.Online.Administration.User'
        UserPrincipalName = $User.UserPrincipalName; DisplayName = $User.DisplayName; IsLicensed = @($licences).Count -gt 0
        FirstName = $User.GivenName; LastName = $User.Surname; Department = $User.Department; Title = $User.JobTitle
        City = $User.City; Country = $User.Country; Office = $User.OfficeLocation; MobilePhone = $User.MobilePhone
        PhoneNumber = @($User.BusinessPhones)[0]; UsageLocation = $User.UsageLocation; Licenses = @($licences)
        BlockCredential = -not $User.AccountEnabled; ObjectId = $User.Id; ProxyAddresses = $User.ProxyAddresses
    }
}

function Get-MsolUser {
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipelineByPropertyName)] [string] $UserPrincipalName,
        [Parameter(ValueFromPipelineByPropertyName)] [guid] $ObjectId,
        [switch] $All, [int] $MaxResults = 500, [string] $SearchString, [string] $EnabledFilter, [switch] $UnlicensedUsersOnly,
        [string] $Department, [string] $UsageLocation, [string] $DomainName, [guid] $TenantId
    )
    process {
        $id = if ($UserPrincipalName) { $UserPrincipalName } elseif ($PSBoundParameters.ContainsKey('ObjectId')) { "$ObjectId" }
        $skus = @(Get-DirectorySku)
        $company = (Get-DirectoryConnection).TenantDomain -replace '\..*'
        $users = Find-DirectoryUser -Id $id -Search $SearchString
        if (-not $All -and -not $id) {
            $users = @($users)
            if ($users.Count -gt $MaxResults) {
                Write-Warning "More results are available: $($users.Count) in all. Use -All or -MaxResults to see them."
                $users = $users[0..($MaxResults - 1)]
            }
        }
        foreach ($user in $users) {
            if ($EnabledFilter -eq 'EnabledOnly' -and -not $user.AccountEnabled) { continue }
            if ($EnabledFilter -eq 'DisabledOnly' -and $user.AccountEnabled) { continue }
            if ($UnlicensedUsersOnly -and @($user.AssignedLicenses).Count) { continue }
            if ($Department -and $user.Department -ne $Department) { continue }
            if ($UsageLocation -and $user.UsageLocation -ne $UsageLocation) { continue }
            if ($DomainName -and $user.UserPrincipalName -notlike "*@$DomainName") { continue }
            ConvertTo-DirectoryUser $user $skus $company
        }
    }
}

function Set-MsolUser {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(ValueFromPipelineByPropertyName)] [string] $UserPrincipalName,
        [Parameter(ValueFromPipelineByPropertyName)] [string] $ObjectId,
        [string] $UsageLocation, [string] $DisplayName, [string] $FirstName, [string] $LastName, [string] $Department,
        [string] $Title, [string] $City, [string] $Country, [string] $Office, [string] $MobilePhone, [string] $PhoneNumber,
        [bool] $BlockCredential, [bool] $StrongPasswordRequired, [bool] $PasswordNeverExpires, [guid] $TenantId
    )
    process {
        $names = @{
            UsageLocation = 'usageLocation'; DisplayName = 'displayName'; FirstName = 'givenName'; LastName = 'surname'
            Department = 'department'; Title = 'jobTitle'; City = 'city'; Country = 'country'; Office = 'officeLocation'
            MobilePhone = 'mobilePhone'
        }
        $body = @{}
        foreach ($name in $names.Keys) { if ($PSBoundParameters.ContainsKey($name)) { $body[$names[$name]] = $PSBoundParameters[$name] } }
        if ($PSBoundParameters.ContainsKey('PhoneNumber')) { $body.businessPhones = @($PhoneNumber) }
        if ($PSBoundParameters.ContainsKey('BlockCredential')) { $body.accountEnabled = -not $BlockCredential }
        $id = if ($UserPrincipalName) { $UserPrincipalName } else { $ObjectId }
        Invoke-TenantRequest -Method PATCH -Path "/v1.0/users/$([uri]::EscapeDataString($id))" -Body $body -WhatIf:$WhatIfPreference | Out-Null
    }
}

function Get-MsolAccountSku {
    [CmdletBinding()]
    param([guid] $TenantId)
    $company = (Get-DirectoryConnection).TenantDomain -replace '\..*'
    foreach ($sku in Get-DirectorySku) {
        [pscustomobject]@{
            PSTypeName = 'Microsoft.Online.Administration.AccountSkuDetails'
            AccountSkuId = "${company}:$($sku.SkuPartNumber)"; ActiveUnits = $sku.PrepaidUnits.Enabled
            WarningUnits = $sku.PrepaidUnits.Warning; ConsumedUnits = $sku.ConsumedUnits; AccountName = $company
            SkuPartNumber = $sku.SkuPartNumber; SkuId = $sku.SkuId
            ServiceStatus = @(foreach ($plan in $sku.ServicePlans) { [pscustomobject]@{ ServicePlan = $plan; ProvisioningStatus = 'Success' } })
        }
    }
}

function New-MsolLicenseOptions {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $AccountSkuId, [string[]] $DisabledPlans)
    [pscustomobject]@{ PSTypeName = 'Microsoft.Online.Administration.LicenseOption'; AccountSkuId = $AccountSkuId; DisabledServicePlans = $DisabledPlans }
}

function Set-MsolUserLicense {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(ValueFromPipelineByPropertyName)] [string] $UserPrincipalName,
        [Parameter(ValueFromPipelineByPropertyName)] [string] $ObjectId,
        [string[]] $AddLicenses, [string[]] $RemoveLicenses, [object[]] $LicenseOptions, [guid] $TenantId
    )
    process {
        $id = if ($UserPrincipalName) { $UserPrincipalName } else { $ObjectId }
        $skus = @(Get-DirectorySku)
        $skuOf = { param($text) $skus | Where-Object SkuPartNumber -EQ ($text -replace '^.*:') }
        $add = foreach ($licence in @($AddLicenses) + @($LicenseOptions.AccountSkuId) | Where-Object { $_ } | Select-Object -Unique) {
            $sku = & $skuOf $licence
            if (-not $sku) { Write-Error "The licence '$licence' does not exist in this tenant." -ErrorId Microsoft.Online.Administration.Automation.InvalidLicenseException; return }
            $off = @(($LicenseOptions | Where-Object AccountSkuId -EQ $licence).DisabledServicePlans)
            @{ skuId = $sku.SkuId; disabledPlans = @($sku.ServicePlans | Where-Object { $off -contains $_.ServicePlanName } | ForEach-Object ServicePlanId) }
        }
        $remove = foreach ($licence in $RemoveLicenses) { (& $skuOf $licence).SkuId }
        if ($PSCmdlet.ShouldProcess($id, 'Set-MsolUserLicense')) { Set-DirectoryLicense $id $add $remove }
    }
}

function Get-MsolDomain {
    [CmdletBinding()]
    param([string] $DomainName, [string] $Status, [string] $Authentication, [guid] $TenantId)
    foreach ($domain in (Invoke-TenantRequest -Path '/v1.0/domains' -List value)) {
        if ($DomainName -and $domain.Id -ne $DomainName) { continue }
        [pscustomobject]@{
            PSTypeName = 'Microsoft.Online.Administration.Domain'
            Name = $domain.Id; Status = if ($domain.IsVerified) { 'Verified' } else { 'Unverified' }
            Authentication = $domain.AuthenticationType; IsDefault = $domain.IsDefault; IsInitial = $domain.IsInitial
        }
    }
}

function Get-MsolCompanyInformation {
    [CmdletBinding()]
    param([guid] $TenantId)
    $organization = Invoke-TenantRequest -Path '/v1.0/organization' -List value | Select-Object -First 1
    [pscustomobject]@{
        PSTypeName = 'Microsoft.Online.Administration.CompanyInformation'
        DisplayName = $organization.DisplayName; InitialDomain = ($organization.VerifiedDomains | Where-Object IsInitial).Name
        ObjectId = $organization.Id; CountryLetterCode = $organization.CountryLetterCode; City = $organization.City
        DirectorySynchronizationEnabled = $organization.OnPremisesSyncEnabled
    }
}

# ---- AzureAD ----

function Connect-AzureAD {
    [CmdletBinding()]
    param([pscredential] $Credential, [string] $TenantId, [string] $AccountId, [string] $AadAccessToken, [string] $AzureEnvironmentName)
    if ($Credential) { Connect-MicrosoftTeams -Credential $Credential | Out-Null }
    Get-DirectoryConnection
}

function Disconnect-AzureAD { [CmdletBinding()] param() }

function Get-AzureADCurrentSessionInfo { [CmdletBinding()] param() Get-DirectoryConnection }

function Get-AzureADUser {
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipelineByPropertyName)] [string] $ObjectId, [string] $Filter, [string] $SearchString,
        [bool] $All, [int] $Top
    )
    process {
        foreach ($user in (Find-DirectoryUser -Id $ObjectId -Filter $Filter -Search $SearchString -Top $Top)) {
            [pscustomobject]@{
                PSTypeName = 'Microsoft.Open.AzureAD.Model.User'
                ObjectId = $user.Id; DisplayName = $user.DisplayName; UserPrincipalName = $user.UserPrincipalName
                UserType = 'Member'; AccountEnabled = $user.AccountEnabled; AssignedLicenses = $user.AssignedLicenses
                AssignedPlans = $user.AssignedPlans; City = $user.City; Country = $user.Country; Department = $user.Department
                GivenName = $user.GivenName; JobTitle = $user.JobTitle; Mail = $user.Mail; Mobile = $user.MobilePhone
                PhysicalDeliveryOfficeName = $user.OfficeLocation; ProxyAddresses = $user.ProxyAddresses; Surname = $user.Surname
                TelephoneNumber = @($user.BusinessPhones)[0]; UsageLocation = $user.UsageLocation
            }
        }
    }
}

function Set-AzureADUser {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, ValueFromPipelineByPropertyName)] [string] $ObjectId,
        [string] $UsageLocation, [string] $DisplayName, [string] $GivenName, [string] $Surname, [string] $Department,
        [string] $JobTitle, [string] $City, [string] $Country, [string] $Mobile, [string] $TelephoneNumber,
        [string] $PhysicalDeliveryOfficeName, [bool] $AccountEnabled
    )
    process {
        $names = @{ Mobile = 'mobilePhone'; PhysicalDeliveryOfficeName = 'officeLocation' }
        $body = @{}
        foreach ($name in 'UsageLocation', 'DisplayName', 'GivenName', 'Surname', 'Department', 'JobTitle', 'City', 'Country', 'Mobile', 'PhysicalDeliveryOfficeName', 'AccountEnabled') {
            if (-not $PSBoundParameters.ContainsKey($name)) { continue }
            $wire = if ($names[$name]) { $names[$name] } else { $name.Substring(0, 1).ToLower() + $name.Substring(1) }
            $body[$wire] = $PSBoundParameters[$name]
        }
        if ($PSBoundParameters.ContainsKey('TelephoneNumber')) { $body.businessPhones = @($TelephoneNumber) }
        Invoke-TenantRequest -Method PATCH -Path "/v1.0/users/$([uri]::EscapeDataString($ObjectId))" -Body $body -WhatIf:$WhatIfPreference | Out-Null
    }
}

function Get-AzureADSubscribedSku { [CmdletBinding()] param([string] $ObjectId) Get-DirectorySku | Where-Object { -not $ObjectId -or $_.Id -eq $ObjectId } }

function Get-AzureADUserLicenseDetail {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipelineByPropertyName)] [string] $ObjectId)
    process { Invoke-TenantRequest -Path "/v1.0/users/$([uri]::EscapeDataString($ObjectId))/licenseDetails" -List value }
}

function Set-AzureADUserLicense {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory, ValueFromPipelineByPropertyName)] [string] $ObjectId, [Parameter(Mandatory)] [object] $AssignedLicenses)
    process {
        $add = foreach ($licence in $AssignedLicenses.AddLicenses) { @{ skuId = $licence.SkuId; disabledPlans = @($licence.DisabledPlans | Where-Object { $_ }) } }
        if ($PSCmdlet.ShouldProcess($ObjectId, 'Set-AzureADUserLicense')) { Set-DirectoryLicense $ObjectId $add $AssignedLicenses.RemoveLicenses }
    }
}

function Get-AzureADTenantDetail { [CmdletBinding()] param() Invoke-TenantRequest -Path '/v1.0/organization' -List value }

function Get-AzureADDomain {
    [CmdletBinding()]
    param([string] $Name)
    Invoke-TenantRequest -Path '/v1.0/domains' -List value | Where-Object { -not $Name -or $_.Id -eq $Name } |
        Select-Object @{ n = 'Name'; e = { $_.Id } }, IsDefault, IsInitial, IsVerified, AuthenticationType
}

function Get-AzureADGroup {
    [CmdletBinding()]
    param([string] $ObjectId, [string] $SearchString, [string] $Filter, [bool] $All, [int] $Top)
    Get-MgGroup -GroupId $ObjectId -Filter $(if ($SearchString) { "startswith(displayName,'$SearchString')" } else { $Filter }) -Top $Top |
        Select-Object @{ n = 'ObjectId'; e = { $_.Id } }, DisplayName, Description, Mail, SecurityEnabled
}

# ---- Microsoft.Graph ----

function Connect-MgGraph {
    [CmdletBinding()]
    param(
        [string[]] $Scopes, [string] $TenantId, [string] $ClientId, [string] $CertificateThumbprint, [object] $Certificate,
        [object] $AccessToken, [pscredential] $ClientSecretCredential, [switch] $UseDeviceAuthentication, [switch] $NoWelcome,
        [string] $ContextScope, [string] $Environment, [switch] $Identity
    )
    if ($CertificateThumbprint -or $Certificate -or $AccessToken -or $ClientSecretCredential -or $Identity) {
        # The same rule as for Connect-MicrosoftTeams: such a sign-in belongs to a real tenant.
        Connect-MicrosoftTeams -AccessTokens @('', '') -ErrorAction Stop | Out-Null
    }
    $connection = Get-DirectoryConnection
    if (-not $NoWelcome) { "Welcome to Microsoft Graph! Connected to the tenant $($connection.TenantDomain) as $($connection.Account)." }
}

function Disconnect-MgGraph { [CmdletBinding()] param() }

function Get-MgContext {
    [CmdletBinding()]
    param()
    $connection = Get-DirectoryConnection
    [pscustomobject]@{
        PSTypeName = 'Microsoft.Graph.PowerShell.Authentication.AuthContext'
        ClientId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'; TenantId = $connection.TenantId; Scopes = @('User.Read.All', 'Directory.Read.All')
        AuthType = 'Delegated'; Account = $connection.Account; Environment = 'Global'
    }
}

function Invoke-MgGraphRequest {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Method = 'GET', [Parameter(Mandatory, Position = 0)] [string] $Uri, [object] $Body, [string] $OutputType, [string] $ContentType, [hashtable] $Headers)
    $path = ($Uri -replace '^https://[^/]+').TrimStart('/')
    if ($path -notmatch '^(v1\.0|beta)/') { $path = "v1.0/$path" }
    if ($Body -is [string]) { $Body = $Body | ConvertFrom-Json }
    Invoke-TenantRequest -Method $Method -Path "/$path" -Body $Body -WhatIf:$WhatIfPreference
}

function Get-MgUser {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName)] [Alias('Id')] [string] $UserId, [string] $Filter, [string] $Search,
        [switch] $All, [int] $Top, [string[]] $Property, [string[]] $Sort, [string] $ConsistencyLevel, [string] $CountVariable,
        [int] $PageSize, [string[]] $ExpandProperty
    )
    process {
        if (-not $UserId -and -not $All -and -not $Top) { $Top = 100 }
        Find-DirectoryUser -Id $UserId -Filter $Filter -Search ($Search -replace '^"?displayName:|"$') -Top $Top -Property $Property
    }
}

function Update-MgUser {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [Alias('Id')] [string] $UserId,
        [string] $UsageLocation, [string] $DisplayName, [string] $GivenName, [string] $Surname, [string] $Department,
        [string] $JobTitle, [string] $City, [string] $Country, [string] $OfficeLocation, [string] $MobilePhone,
        [string[]] $BusinessPhones, [switch] $AccountEnabled, [object] $BodyParameter
    )
    process {
        $body = @{}
        foreach ($name in 'UsageLocation', 'DisplayName', 'GivenName', 'Surname', 'Department', 'JobTitle', 'City', 'Country', 'OfficeLocation', 'MobilePhone', 'BusinessPhones') {
            if ($PSBoundParameters.ContainsKey($name)) { $body[$name.Substring(0, 1).ToLower() + $name.Substring(1)] = $PSBoundParameters[$name] }
        }
        if ($PSBoundParameters.ContainsKey('AccountEnabled')) { $body.accountEnabled = [bool]$AccountEnabled }
        if ($BodyParameter) { $body = $BodyParameter }
        Invoke-TenantRequest -Method PATCH -Path "/v1.0/users/$([uri]::EscapeDataString($UserId))" -Body $body -WhatIf:$WhatIfPreference | Out-Null
    }
}

function Get-MgSubscribedSku { [CmdletBinding()] param([string] $SubscribedSkuId, [switch] $All) Get-DirectorySku | Where-Object { -not $SubscribedSkuId -or $_.Id -eq $SubscribedSkuId } }

function Get-MgUserLicenseDetail {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [Alias('Id')] [string] $UserId, [switch] $All)
    process { Invoke-TenantRequest -Path "/v1.0/users/$([uri]::EscapeDataString($UserId))/licenseDetails" -List value }
}

function Set-MgUserLicense {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [Alias('Id')] [string] $UserId,
        [object[]] $AddLicenses, [string[]] $RemoveLicenses, [object] $BodyParameter
    )
    process {
        $add = foreach ($licence in $AddLicenses) { @{ skuId = $licence.SkuId; disabledPlans = @($licence.DisabledPlans | Where-Object { $_ }) } }
        if ($PSCmdlet.ShouldProcess($UserId, 'Set-MgUserLicense')) { Set-DirectoryLicense $UserId $add $RemoveLicenses }
    }
}

function Get-MgGroup {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $GroupId, [string] $Filter, [switch] $All, [int] $Top, [string[]] $Property, [string] $ConsistencyLevel)
    $query = if ($Filter) { "?`$filter=$([uri]::EscapeDataString($Filter))" }
    $rows = Invoke-TenantRequest -Path "/v1.0/groups$query" -List value | Where-Object { -not $GroupId -or $_.Id -eq $GroupId }
    if ($Top) { $rows | Select-Object -First $Top } else { $rows }
}

function Get-MgGroupMember {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [Alias('Id')] [string] $GroupId, [switch] $All)
    process { Invoke-TenantRequest -Path "/v1.0/groups/$GroupId/members" -List value }
}

function Get-MgOrganization { [CmdletBinding()] param([switch] $All) Invoke-TenantRequest -Path '/v1.0/organization' -List value }

function Get-MgDomain {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $DomainId, [switch] $All)
    Invoke-TenantRequest -Path '/v1.0/domains' -List value | Where-Object { -not $DomainId -or $_.Id -eq $DomainId }
}
