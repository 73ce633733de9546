# Users: settings that are a part of a larger object of the service.

function Set-CsUserAcp {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [object] $Identity,
        [Parameter(Mandatory)] [string] $Domain,
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $ParticipantPasscode,
        [Parameter(Mandatory)] [string] $TollNumber,
        [bool] $IsDefault, [string[]] $TollFreeNumbers, [string] $Url, [switch] $PassThru
    )
    process {
        $info = @{
            Domain = $Domain; Name = $Name; ParticipantPasscode = $ParticipantPasscode; TollNumber = $TollNumber
            IsDefault = $IsDefault; TollFreeNumbers = @($TollFreeNumbers); Url = $Url
        }
        Set-CsUser -Identity $Identity -AcpInfo $info -WhatIf:$WhatIfPreference -Confirm:$false -PassThru:$PassThru
    }
}

function Remove-CsUserAcp {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [object] $Identity,
        [string] $Name, [string] $TollNumber, [string] $ParticipantPasscode, [switch] $PassThru
    )
    process { Set-CsUser -Identity $Identity -AcpInfo $null -WhatIf:$WhatIfPreference -Confirm:$false -PassThru:$PassThru }
}

function Set-CsOnlineVoiceUserBulk {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [object[]] $NumberAssignmentDetails, [guid] $Tenant, [Alias('DC')] [string] $DomainController, [switch] $Force,
        [object] $BypassDualWrite
    )
    foreach ($detail in $NumberAssignmentDetails) {
        Set-CsOnlineVoiceUser -Identity $detail.Identity -TelephoneNumber $detail.TelephoneNumber `
            -LocationID $detail.LocationID -WhatIf:$WhatIfPreference -Confirm:$false
    }
}
