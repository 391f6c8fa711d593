using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>The commands beside a server: prove the trail, keep checkpoints elsewhere, hand out the public key.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "SE-4")]
[Trait("security", "SEC-AUD-03")]
public sealed class AuditCommandTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task What_is_kept_elsewhere_proves_the_trail_and_convicts_who_changed_it()
    {
        await using var data = new TemporaryFolder();
        string[] settings = [$"--Renexus:Database:ConnectionString={database.ConnectionString}", $"--Renexus:DataDirectory={data.Path}"];
        using var trail = new AuditTrail(database);
        await trail.WriteAsync(5);
        await using (await ServerProcess.StartAsync([.. settings.Select(setting => setting[2..]), "Renexus:Audit:CheckpointInterval=1"]))
        {
            // The server seals and signs by itself.
            await Eventually.TrueAsync("the trail is signed", TimeSpan.FromSeconds(30), async () =>
                await ScalarAsync($"select count(*) from engine.audit_checkpoint where chain = '{trail.Workspace}' and seq = 5") is 1L);
        }

        // 1. It holds, and what proves it can be taken away.
        var (exitCode, output) = await ServerProcess.RunAsync(["audit", "verify", .. settings]);
        Assert.True(exitCode == 0, output);
        Assert.Contains("nothing was changed", output, StringComparison.Ordinal);
        var (_, checkpoints) = await ServerProcess.RunAsync(["audit", "checkpoints", $"--workspace={trail.Workspace}", .. settings]);
        var kept = Path.Combine(data.Path, "kept.jsonl");
        await File.WriteAllTextAsync(kept, checkpoints);
        var (_, key) = await ServerProcess.RunAsync(["audit", "public-key", .. settings]);
        var pem = Path.Combine(data.Path, "audit.pub");
        await File.WriteAllTextAsync(pem, key);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", key, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data.Path, "keys", "audit.pem")));

        // 2. The end is cut off with every trace: the database alone looks whole.
        await ScalarAsync($"""
            delete from engine.audit_entry where chain = '{trail.Workspace}' and seq > 3;
            delete from engine.audit_checkpoint where chain = '{trail.Workspace}';
            update engine.audit_chain c set seq = 3, hash = (select hash from engine.audit_entry e where e.chain = c.chain and seq = 3) where chain = '{trail.Workspace}'
            """);
        Assert.Equal(0, (await ServerProcess.RunAsync(["audit", "verify", $"--workspace={trail.Workspace}", .. settings])).ExitCode);
        (exitCode, output) = await ServerProcess.RunAsync(["audit", "verify", $"--checkpoint={kept}", .. settings]);
        Assert.Equal(1, exitCode);
        Assert.Contains($"{trail.Workspace} entry 4: the end was cut off", output, StringComparison.Ordinal);

        // 3. Whoever has not the installation's files needs the public key alone.
        await using var elsewhere = new TemporaryFolder();
        string[] auditor = [settings[0], $"--Renexus:DataDirectory={elsewhere.Path}"];
        (_, output) = await ServerProcess.RunAsync(["audit", "verify", $"--checkpoint={kept}", .. auditor]);
        Assert.Contains("not trusted here", output, StringComparison.Ordinal);
        (exitCode, output) = await ServerProcess.RunAsync(["audit", "verify", $"--checkpoint={kept}", $"--public-key={pem}", .. auditor]);
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("not trusted here", output, StringComparison.Ordinal);
        Assert.Contains("the end was cut off", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_in_a_sentence()
    {
        await using var data = new TemporaryFolder();
        var file = Path.Combine(data.Path, "file");
        await File.WriteAllTextAsync(file, "nonsense");
        string[] settings = [$"--Renexus:Database:ConnectionString={database.ConnectionString}", $"--Renexus:DataDirectory={data.Path}"];

        foreach (var option in new[] { $"--checkpoint={file}", $"--public-key={file}", $"--checkpoint={file}-absent" })
        {
            var (exitCode, output) = await ServerProcess.RunAsync(["audit", "verify", option, .. settings]);
            Assert.Equal(1, exitCode);
            Assert.Contains(file, output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
