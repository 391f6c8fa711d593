using System.Net;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Server.Features.Audit;
using Renexus.Server.Gateway.Configuration;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>A chain of its own in a test's database, with what writes, seals, signs and checks it.</summary>
internal sealed class AuditTrail(TestDatabase database) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("renexus-test-audit-").FullName;
    private AuditKey? key;

    public Guid Workspace { get; } = Guid.CreateVersion7();

    public AuditKey Key => key ??= new AuditKey(new RenexusOptions { DataDirectory = folder });

    private AuditSealer Sealer { get; } = new(database.Database, TimeProvider.System, NullLogger<AuditSealer>.Instance);

    public void Dispose()
    {
        key?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Entries with everything that an entry can have, committed and not yet sealed.</summary>
    public async Task WriteAsync(int count, Guid? actor = null, DateTimeOffset? at = null)
    {
        for (var i = 1; i <= count; i++)
        {
            Origin.Current = new Origin(
                actor ?? Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), IPAddress.Parse("2001:db8::7"), "Firefox/130 ünï", $"request-{i}");
            var entry = new AuditEntry("thread.updated", "thread", Guid.CreateVersion7())
            {
                WorkspaceId = Workspace,
                Before = $$"""{"title":"before {{i}} 日本"}""",
                After = $$"""{"title":"after {{i}}"}""",
            };
            await database.Database.RecordAsync(entry, at ?? TimeProvider.System.GetUtcNow(), CancellationToken.None);
        }
    }

    public async Task SealAsync()
    {
        while (!await Sealer.SealAsync(CancellationToken.None))
            await Task.Yield();
    }

    /// <summary>Written, sealed, and signed where it then stands.</summary>
    public async Task<Checkpoint> FillAsync(int count)
    {
        await WriteAsync(count);
        await SealAsync();
        await new Checkpoints(new AuditHeads(database.Database), Key, TimeProvider.System, NullLogger<Checkpoints>.Instance).SignAsync(CancellationToken.None);
        await using var connection = await database.Login.OpenConnectionAsync();
        var (seq, hash) = await connection.QuerySingleAsync<(long, byte[])>("select seq, hash from engine.audit_chain where chain = @Workspace", new { Workspace });
        return Checkpoint.Sign(Workspace, seq, hash, TimeProvider.System.GetUtcNow(), Key);
    }

    /// <summary>What somebody who owns the database may do.</summary>
    public async Task AsOwnerAsync(string sql)
    {
        await using var connection = await database.Login.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { Workspace });
    }

    public async Task<AuditVerdict> VerifyAsync(params Checkpoint[] kept)
    {
        await using var connection = await database.Login.OpenConnectionAsync();
        var own = Convert.ToBase64String(Key.PublicKey);
        return await new AuditVerifier(connection, publicKey => publicKey == own, TimeSpan.FromMinutes(1)).RunAsync(Workspace, kept, CancellationToken.None);
    }

    /// <summary>The one thing that is found, as <c>place: sentence</c>.</summary>
    public async Task<string> FindAsync(params Checkpoint[] kept)
    {
        var finding = (await VerifyAsync(kept)).Findings;
        return string.Join("; ", finding.Select(f => $"{f.Seq}: {f.Sentence}"));
    }
}
