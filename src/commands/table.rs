//! Which code a cmdlet's name means, sorted by name.
use crate::*;
use dialtone_engine::command::Command;

type Make = fn() -> Box<dyn Command>;

/// A constructor of a command that has a default.
fn new<T: Command + Default + 'static>() -> Box<dyn Command> {
    Box::new(T::default())
}

pub static TABLE: &[(&str, Make)] = &[
    ("Add-Content", || Box::new(set_content::WriteContent::add())),
    ("Add-Member", new::<get_member::AddMember>),
    ("Clear-Content", new::<set_content::ClearContent>),
    ("Clear-Host", new::<host_commands::ClearHost>),
    ("Clear-Item", new::<new_item::ClearItem>),
    ("Clear-Variable", new::<variable::ClearVariable>),
    ("Compare-Object", new::<compare_object::CompareObject>),
    ("Compress-Archive", new::<archive::CompressArchive>),
    ("Convert-Path", new::<path_commands::ConvertPath>),
    ("ConvertFrom-Csv", new::<csv_read::ConvertFromCsv>),
    ("ConvertFrom-Json", new::<json_read::ConvertFromJson>),
    ("ConvertFrom-SecureString", new::<security::ConvertFromSecureString>),
    ("ConvertFrom-StringData", new::<text_commands::ConvertFromStringData>),
    ("ConvertTo-Csv", new::<csv_write::ConvertToCsv>),
    ("ConvertTo-Html", new::<html::ConvertToHtml>),
    ("ConvertTo-Json", new::<json_write::ConvertToJson>),
    ("ConvertTo-SecureString", new::<security::ConvertToSecureString>),
    ("Copy-Item", new::<move_item::CopyItem>),
    ("Expand-Archive", new::<archive::ExpandArchive>),
    ("Export-Clixml", new::<clixml::ExportClixml>),
    ("Export-Csv", new::<csv_write::ExportCsv>),
    ("Export-ModuleMember", new::<module_commands::ExportModuleMember>),
    ("ForEach-Object", new::<dialtone_engine::foreach_object::ForEachObject>),
    ("Format-Custom", || Box::new(format_commands::FormatCommand::new(dialtone_format::Kind::Custom))),
    ("Format-List", || Box::new(format_commands::FormatCommand::new(dialtone_format::Kind::List))),
    ("Format-Table", || Box::new(format_commands::FormatCommand::new(dialtone_format::Kind::Table))),
    ("Format-Wide", || Box::new(format_commands::FormatCommand::new(dialtone_format::Kind::Wide))),
    ("Get-Alias", new::<alias::GetAlias>),
    ("Get-ChildItem", new::<get_item::GetChildItem>),
    ("Get-Command", new::<get_command::GetCommand>),
    ("Get-Content", new::<get_content::GetContent>),
    ("Get-Credential", new::<security::GetCredential>),
    ("Get-Culture", new::<host_commands::GetCulture>),
    ("Get-Date", new::<date::GetDate>),
    ("Get-Error", new::<get_error::GetError>),
    ("Get-ExecutionPolicy", new::<security::GetExecutionPolicy>),
    ("Get-FileHash", new::<text_commands::GetFileHash>),
    ("Get-FormatData", new::<format_data::GetFormatData>),
    ("Get-History", new::<host_commands::GetHistory>),
    ("Get-Host", new::<host_commands::GetHost>),
    ("Get-Item", new::<get_item::GetItem>),
    ("Get-ItemProperty", new::<item_property::GetItemProperty>),
    ("Get-ItemPropertyValue", new::<item_property::GetItemPropertyValue>),
    ("Get-Location", new::<location::GetLocation>),
    ("Get-Member", new::<get_member::GetMember>),
    ("Get-Module", new::<module_commands::GetModule>),
    ("Get-Process", new::<process::GetProcess>),
    ("Get-PSCallStack", new::<host_commands::GetPSCallStack>),
    ("Get-PSDrive", new::<drives::GetPSDrive>),
    ("Get-PSProvider", new::<drives::GetPSProvider>),
    ("Get-Random", new::<date::GetRandom>),
    ("Get-TimeZone", new::<host_commands::GetTimeZone>),
    ("Get-TypeData", new::<type_data::GetTypeData>),
    ("Get-UICulture", new::<host_commands::GetCulture>),
    ("Get-Unique", new::<sort_object::GetUnique>),
    ("Get-Uptime", new::<transcript::GetUptime>),
    ("Get-Variable", new::<variable::GetVariable>),
    ("Get-Verb", new::<text_commands::GetVerb>),
    ("Group-Object", new::<group_object::GroupObject>),
    ("Import-Clixml", new::<clixml::ImportClixml>),
    ("Import-Csv", new::<csv_read::ImportCsv>),
    ("Import-Module", new::<module_commands::ImportModule>),
    ("Import-PowerShellDataFile", new::<module_commands::ImportPowerShellDataFile>),
    ("Invoke-Command", new::<invoke::InvokeCommand>),
    ("Invoke-Expression", new::<invoke::InvokeExpression>),
    ("Invoke-Item", new::<new_item::InvokeItem>),
    ("Invoke-RestMethod", || Box::new(web::WebCommand::rest())),
    ("Invoke-WebRequest", || Box::new(web::WebCommand::request())),
    ("Join-Path", new::<path_commands::JoinPath>),
    ("Join-String", new::<text_commands::JoinString>),
    ("Measure-Command", new::<invoke::MeasureCommand>),
    ("Measure-Object", new::<measure_object::MeasureObject>),
    ("mkdir", new::<new_item::MakeFolder>),
    ("Move-Item", new::<move_item::MoveItem>),
    ("New-Alias", || Box::new(alias::SetAlias::new())),
    ("New-Guid", new::<date::NewGuid>),
    ("New-Item", new::<new_item::NewItem>),
    ("New-ItemProperty", new::<item_property::ChangeItemProperty>),
    ("New-Module", new::<module_commands::NewModule>),
    ("New-Object", new::<new_object::NewObject>),
    ("New-PSDrive", new::<drives::NewPSDrive>),
    ("New-TemporaryFile", new::<text_commands::NewTemporaryFile>),
    ("New-TimeSpan", new::<date::NewTimeSpan>),
    ("New-Variable", || Box::new(variable::SetVariable::new())),
    ("Out-Default", new::<out_commands::OutHost>),
    ("Out-File", new::<out_file::OutFile>),
    ("Out-Host", new::<out_commands::OutHost>),
    ("Out-Null", new::<invoke::OutNull>),
    ("Out-String", new::<out_commands::OutString>),
    ("Pause", new::<host_commands::Pause>),
    ("Pop-Location", new::<location::PopLocation>),
    ("Push-Location", new::<location::PushLocation>),
    ("Read-Host", new::<host_commands::ReadHost>),
    ("Register-ArgumentCompleter", new::<transcript::RegisterArgumentCompleter>),
    ("Remove-Alias", new::<alias::RemoveAlias>),
    ("Remove-Item", new::<move_item::RemoveItem>),
    ("Remove-ItemProperty", new::<item_property::ChangeItemProperty>),
    ("Remove-Module", new::<module_commands::RemoveModule>),
    ("Remove-PSDrive", new::<drives::RemovePSDrive>),
    ("Remove-TypeData", new::<type_data::RemoveTypeData>),
    ("Remove-Variable", new::<variable::RemoveVariable>),
    ("Rename-Item", new::<move_item::RenameItem>),
    ("Resolve-Path", new::<path_commands::ResolvePath>),
    ("Select-Object", new::<select_object::SelectObject>),
    ("Select-String", new::<select_string::SelectString>),
    ("Set-Alias", || Box::new(alias::SetAlias::set())),
    ("Set-Content", || Box::new(set_content::WriteContent::set())),
    ("Set-ExecutionPolicy", new::<security::SetExecutionPolicy>),
    ("Set-Item", new::<new_item::SetItem>),
    ("Set-ItemProperty", new::<item_property::SetItemProperty>),
    ("Set-Location", new::<location::SetLocation>),
    ("Set-StrictMode", new::<invoke::SetStrictMode>),
    ("Set-Variable", || Box::new(variable::SetVariable::set())),
    ("Sort-Object", new::<sort_object::SortObject>),
    ("Split-Path", new::<path_commands::SplitPath>),
    ("Start-Process", new::<process::StartProcess>),
    ("Start-Sleep", new::<date::StartSleep>),
    ("Start-Transcript", new::<transcript::StartTranscript>),
    ("Stop-Process", new::<process::StopProcess>),
    ("Stop-Transcript", new::<transcript::StopTranscript>),
    ("Tee-Object", new::<invoke::TeeObject>),
    ("Test-Json", new::<json_read::TestJson>),
    ("Test-Path", new::<path_commands::TestPath>),
    ("Unblock-File", new::<transcript::UnblockFile>),
    ("Update-FormatData", new::<format_data::UpdateFormatData>),
    ("Update-TypeData", new::<type_data::UpdateTypeData>),
    ("Wait-Process", new::<process::WaitProcess>),
    ("Where-Object", new::<dialtone_engine::where_object::WhereObject>),
    ("Write-Debug", || Box::new(write::WriteMessage::debug())),
    ("Write-Error", new::<write::WriteError>),
    ("Write-Host", new::<write::WriteHost>),
    ("Write-Information", new::<write::WriteInformation>),
    ("Write-Output", new::<write::WriteOutput>),
    ("Write-Progress", new::<write::WriteProgress>),
    ("Write-Verbose", || Box::new(write::WriteMessage::verbose())),
    ("Write-Warning", || Box::new(write::WriteMessage::warning())),
];

/// The entry of a name (any case).
pub fn find(name: &str) -> Option<&'static (&'static str, Make)> {
    let order = |entry: &(&str, Make)| {
        let (a, b) = (entry.0.bytes(), name.bytes());
        a.map(|b| b.to_ascii_lowercase()).cmp(b.map(|b| b.to_ascii_lowercase()))
    };
    TABLE.binary_search_by(order).ok().map(|at| &TABLE[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_name_has_a_signature() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].0.to_lowercase() < pair[1].0.to_lowercase(), "{} {}", pair[0].0, pair[1].0);
        }
        for (name, _) in TABLE {
            assert!(metadata::decode(name).is_some(), "{name}");
        }
    }
}
