using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Secrets;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>Keys change while the server runs; whoever lacks one does not start.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "SE-3")]
public sealed class RotateKeysTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const int Secrets = 450;

    private readonly string folder = Directory.CreateTempSubdirectory("renexus-test-keys-").FullName;

    private string KeyFile => Path.Combine(folder, "keys", "secrets.key");

    private string[] Settings => [$"--Renexus:Database:ConnectionString={database.ConnectionString}", $"--Renexus:DataDirectory={folder}"];

    public async ValueTask InitializeAsync() => await ExecuteAsync("delete from accounts.signing_key; delete from secrets.key");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact, Trait("security", "SEC-KEY-03")]
    public async Task Every_value_is_encrypted_anew_and_a_running_server_reads_it_throughout()
    {
        var fields = SecretKeyRing.Of(KeyFile);
        await FillAsync(fields);
        var before = Keys();

        Assert.Equal((0, true), await RunAsync("rotate-keys"));

        var keys = Keys();
        Assert.Equal([.. before.Select(k => k.Name), keys[^1].Name], keys.Select(k => k.Name));
        Assert.Equal([keys[^1].Name], await KeysOfValuesAsync());
        Assert.Equal([keys[^1].Name], await KeysInUseAsync());
        await AssertReadableAsync(fields);

        // And again, with nothing but the new ones there.
        Assert.Equal((0, true), await RunAsync("rotate-keys"));
        Assert.Equal(3, Keys().Count);
        await AssertReadableAsync(fields);
    }

    [Fact, Trait("security", "SEC-KEY-03")]
    public async Task A_rotation_that_was_cut_off_goes_on_with_the_same_key()
    {
        var fields = SecretKeyRing.Of(KeyFile);
        await FillAsync(fields);
        await RunAsync("rotate-keys");
        var keys = Keys();
        // As a kill between two batches leaves it.
        var old = SecretEnvelope.Seal(keys[0], SigningKeys.Secret, "k7", "secret 7"u8);
        await ExecuteAsync($"update accounts.signing_key set secret = '\\x{Convert.ToHexString(old)}' where kid = 'k7'; update secrets.key set retired_at = null");

        Assert.Equal((0, true), await RunAsync("rotate-keys"));

        Assert.Equal(keys.Select(k => k.Name), Keys().Select(k => k.Name));
        Assert.Equal([keys[^1].Name], await KeysOfValuesAsync());
        await AssertReadableAsync(fields);
    }

    [Fact]
    public async Task A_value_that_cannot_be_read_stays_and_keeps_its_key_in_use()
    {
        var fields = SecretKeyRing.Of(KeyFile);
        await FillAsync(fields);
        await ExecuteAsync("update accounts.signing_key set secret = set_byte(secret, 40, get_byte(secret, 40) # 1) where kid = 'k3'");
        var old = Keys()[0].Name;

        Assert.Equal((1, true), await RunAsync("rotate-keys"));

        Assert.Equal(new[] { old, Keys()[^1].Name }.Order(), (await KeysOfValuesAsync()).Order());
        Assert.Contains(old, await KeysInUseAsync());
    }

    [Fact]
    public async Task A_staged_key_decrypts_everywhere_before_it_encrypts()
    {
        var fields = SecretKeyRing.Of(KeyFile);
        await FillAsync(fields);
        var current = Keys()[^1].Name;

        Assert.Equal((0, true), await RunAsync("rotate-keys", "--stage"));
        Assert.Equal((0, true), await RunAsync("rotate-keys", "--stage"));

        var staged = Keys()[0].Name;
        Assert.Equal([staged, current], Keys().Select(k => k.Name));
        Assert.Equal([current], await KeysOfValuesAsync());
        Assert.Equal((0, true), await RunAsync("rotate-keys"));
        Assert.Equal([current, staged], Keys().Select(k => k.Name));
        Assert.Equal([staged], await KeysOfValuesAsync());
    }

    [Fact]
    public async Task A_server_that_lacks_a_key_of_the_database_does_not_start_and_the_doctor_says_so()
    {
        await FillAsync(SecretKeyRing.Of(KeyFile));
        var lacking = Keys()[0].Name;
        File.Delete(KeyFile);

        var (exitCode, output) = await ServerProcess.RunAsync(["serve", "--urls=http://127.0.0.1:0", "--Renexus:Secrets:ShareKeys=false", .. Settings]);

        Assert.Equal(1, exitCode);
        Assert.Contains(lacking, output, StringComparison.Ordinal);
        Assert.Contains("secrets.key", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        (exitCode, output) = await ServerProcess.RunAsync(["doctor", "--Renexus:Secrets:ShareKeys=false", .. Settings]);
        Assert.Equal(1, exitCode);
        Assert.Contains(lacking, output, StringComparison.Ordinal);
    }

    private async Task FillAsync(SecretFields fields)
    {
        string[] names = [.. Enumerable.Range(0, Secrets).Select(i => $"k{i}")];
        await using var command = database.Login.CreateCommand("""
            insert into accounts.signing_key (kid, secret, is_sealed, created_at, retires_at)
            select kid, secret, true, now(), now() + interval '1 day' from unnest($1, $2) as filled (kid, secret)
            """);
        command.Parameters.AddWithValue(names);
        command.Parameters.AddWithValue(names.Select(name => fields.Encrypt(SigningKeys.Secret, name, System.Text.Encoding.UTF8.GetBytes($"secret {name[1..]}"))).ToArray());
        await command.ExecuteNonQueryAsync();

        await ExecuteAsync($"insert into secrets.key (id, first_used_at) values ('\\x{Keys()[^1].Name}', now())");
    }

    private async Task AssertReadableAsync(SecretFields fields)
    {
        await using var command = database.Login.CreateCommand("select kid, secret from accounts.signing_key");
        await using var reader = await command.ExecuteReaderAsync();
        var count = 0;
        for (; await reader.ReadAsync(); count++)
        {
            var kid = reader.GetString(0);
            Assert.Equal($"secret {kid[1..]}", System.Text.Encoding.UTF8.GetString(fields.Decrypt(SigningKeys.Secret, kid, (byte[])reader[1])));
        }

        Assert.Equal(Secrets, count);
    }

    private async Task<(int ExitCode, bool IsQuiet)> RunAsync(params string[] command)
    {
        var (exitCode, output) = await ServerProcess.RunAsync([.. command, .. Settings]);
        return (exitCode, !output.Contains("   at ", StringComparison.Ordinal) && !Keys().Any(key => output.Contains(key.ToLine(), StringComparison.Ordinal)));
    }

    private IReadOnlyList<SecretKey> Keys() => new SecretKeyFile(KeyFile, isOurs: false).Read();

    private Task<List<string>> KeysOfValuesAsync() => NamesAsync("select distinct encode(substring(secret from 2 for 8), 'hex') from accounts.signing_key");

    private Task<List<string>> KeysInUseAsync() => NamesAsync("select encode(id, 'hex') from secrets.key where retired_at is null");

    private async Task<List<string>> NamesAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
