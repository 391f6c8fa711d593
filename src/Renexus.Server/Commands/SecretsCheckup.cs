using Dapper;
using Npgsql;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Commands;

/// <summary>The doctor's look at the keys of secret fields: this node has them all, nobody else may read them, none is left behind.</summary>
internal static class SecretsCheckup
{
    private const string Name = "secret keys";

    public static async Task<Doctor.Finding> ExamineAsync(NpgsqlConnection database, RenexusOptions options, CancellationToken stop)
    {
        var inUse = (await database.QueryAsync<string>(new CommandDefinition(
            "select encode(id, 'hex') from secrets.key where retired_at is null order by first_used_at", cancellationToken: stop))).AsList();
        var file = SecretKeys.FileOf(options);
        if (!File.Exists(file.FullPath) && inUse.Count == 0)
            return new(Name, Doctor.Status.Ok, $"None yet: the first start makes {file.FullPath}.");

        try
        {
            var known = File.Exists(file.FullPath) ? file.Read().Select(key => key.Name).ToList() : [];
            var lacking = inUse.Except(known, StringComparer.Ordinal).ToList();
            return lacking.Count > 0 && SecretKeyCheck.PasswordOf(options) is not null ? new(Name, Doctor.Status.Warning, $"{lacking.Count} keys in use are not in {file.FullPath}: the next start takes them from the database, if they were left there.")
                : lacking.Count > 0 ? new(Name, Doctor.Status.Error, SecretKeyCheck.Sentence(lacking))
                : IsOpenToOthers(file.FullPath) ? new(Name, Doctor.Status.Error, $"Others may read {file.FullPath}: chmod 600 {file.FullPath}.")
                : inUse.Count > 1 ? new(Name, Doctor.Status.Warning, $"{inUse.Count} keys are in use: a rotation was not finished; run rotate-keys.")
                : new(Name, Doctor.Status.Ok, $"{file.FullPath} has the key of every secret field ({known.Count} {(known.Count == 1 ? "key" : "keys")}). Keep a copy apart from the backups.");
        }
        catch (StartupException e)
        {
            return new(Name, Doctor.Status.Error, e.Message);
        }
    }

    private static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != UnixFileMode.None;
}
