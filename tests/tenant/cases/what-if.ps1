# -WhatIf shows the request and sends nothing.
New-CsTenantDialPlan -Identity Later -Description 'not yet' -WhatIf
Set-CsUser laura.stein@contoso.example -EnterpriseVoiceEnabled $true -WhatIf
Grant-CsTenantDialPlan -Identity laura.stein@contoso.example -PolicyName Global -WhatIf
@(Get-CsTenantDialPlan | Where-Object Identity -Like '*Later').Count
(Get-CsOnlineUser laura.stein@contoso.example).EnterpriseVoiceEnabled
