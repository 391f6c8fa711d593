using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Renexus.Server.Features.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Commands;

/// <summary>Proves the audit trail, and hands out what proves it later: <c>audit verify</c>, <c>audit checkpoints</c>, <c>audit public-key</c>.</summary>
internal static class AuditCommand
{
    // Sealing takes a second or two; what waits a minute was forgotten, or kept from it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string Latest = """
        select distinct on (chain) chain, seq, encode(hash, 'hex') as hash, at, encode(public_key, 'base64') as public_key, encode(signature, 'base64') as signature
        from engine.audit_checkpoint where @workspace::uuid is null or chain = @workspace order by chain, seq desc
        """;

    /// <param name="let">Gives a command its action, with the configuration read from what follows it.</param>
    public static Command Create(Action<Command, Func<ParseResult, string[], CancellationToken, Task<int>>> let)
    {
        var workspace = new Option<Guid?>("--workspace") { Description = "Only this workspace's chain" };
        var checkpoint = new Option<string[]>("--checkpoint") { Description = "A file of checkpoints that were kept elsewhere, one a line" };
        var publicKey = new Option<string[]>("--public-key") { Description = "A further key (PEM) whose checkpoints count, besides this installation's" };
        var verify = new Command("verify", "Look for entries that were edited, deleted, inserted, reordered or cut off") { workspace, checkpoint, publicKey };
        let(verify, (parsed, settings, stop) => VerifyAsync(
            settings, parsed.GetValue(workspace), parsed.GetValue(checkpoint) ?? [], parsed.GetValue(publicKey) ?? [], stop));

        var export = new Command("checkpoints", "Write the newest signed checkpoint of each chain, one a line, to keep elsewhere") { workspace };
        let(export, (parsed, settings, stop) => ExportAsync(settings, parsed.GetValue(workspace), stop));

        var print = new Command("public-key", "Write the public half of the key that signs checkpoints");
        let(print, (_, settings, _) => PrintAsync(settings));
        return new Command("audit", "Prove the audit trail") { verify, export, print };
    }

    private static async Task<int> VerifyAsync(string[] settings, Guid? workspace, string[] files, string[] publicKeys, CancellationToken stop)
    {
        var options = Read(settings);
        var kept = files.SelectMany(ReadCheckpoints).ToArray();
        var trusted = publicKeys.Select(ReadPublicKey).ToHashSet(StringComparer.Ordinal);
        if (File.Exists(AuditKey.PathOf(options)))
            trusted.Add(OwnPublicKey(options));

        await using var installation = await Installation.OpenAsync(options, stop);
        await using var database = await installation.OpenAsOwnerAsync(stop);
        var verdict = await new AuditVerifier(database, trusted.Contains, Patience).RunAsync(workspace, kept, stop);

        foreach (var finding in verdict.Findings)
            Console.WriteLine($"{finding.Chain}{(finding.Seq is { } seq ? $" entry {seq}" : "")}: {finding.Sentence}.");
        Console.WriteLine(
            $"{verdict.Entries} entries in {verdict.Chains} chains, {verdict.Checkpoints} checkpoints, {verdict.Erased} erased values: "
            + (verdict.Findings.Count == 0 ? "nothing was changed." : $"{verdict.Findings.Count} findings."));
        return verdict.Findings.Count == 0 ? 0 : CommandLine.Failed;
    }

    private static async Task<int> ExportAsync(string[] settings, Guid? workspace, CancellationToken stop)
    {
        await using var installation = await Installation.OpenAsync(Read(settings), stop);
        await using var database = await installation.OpenAsOwnerAsync(stop);
        foreach (var row in await database.QueryAsync<Row>(Latest, new { workspace }))
            Console.WriteLine(row.ToCheckpoint().ToLine());
        return 0;
    }

    private static Task<int> PrintAsync(string[] settings)
    {
        Console.WriteLine(PemEncoding.WriteString("PUBLIC KEY", Convert.FromBase64String(OwnPublicKey(Read(settings)))));
        return Task.FromResult(0);
    }

    private static RenexusOptions Read(string[] settings) => RenexusConfiguration.Read(Host.CreateApplicationBuilder(settings).Configuration);

    private static string OwnPublicKey(RenexusOptions options)
    {
        using var key = AuditKey.ReadOrCreate(AuditKey.PathOf(options), mayCreate: false);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    private static IEnumerable<Checkpoint> ReadCheckpoints(string path)
    {
        try
        {
            return [.. File.ReadAllLines(path).Where(line => line.Length > 0).Select(Checkpoint.Parse)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"{path} cannot be read as checkpoints, one a line ({e.Message}).", e);
        }
    }

    private static string ReadPublicKey(string path)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(path));
            return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new StartupException($"{path} cannot be read as a public key in PEM ({e.Message}).", e);
        }
    }

    private sealed record Row(Guid Chain, long Seq, string Hash, DateTimeOffset At, string PublicKey, string Signature)
    {
        // PostgreSQL breaks base64 into lines.
        public Checkpoint ToCheckpoint() => new(
            Chain, Seq, Hash, At, PublicKey.ReplaceLineEndings(""), Signature.ReplaceLineEndings(""));
    }
}
