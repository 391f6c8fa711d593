using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>Keys live in a file that only the server's user may read; several live at once.</summary>
[Trait("spec", "SE-3")]
public sealed class SecretKeyFileTests : IDisposable
{
    private static readonly SecretColumn Column = new("webhooks.endpoint", "secret");
    private static readonly Guid Row = Guid.CreateVersion7();

    private readonly string folder = Directory.CreateTempSubdirectory("renexus-test-keys-").FullName;

    private string Path => System.IO.Path.Combine(folder, "keys", "secrets.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_first_start_makes_a_key_that_only_the_owner_may_read()
    {
        var first = File().ReadOrCreate();

        Assert.Equal(Assert.Single(first).Name, Assert.Single(File().ReadOrCreate()).Name);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(Path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(System.IO.Path.GetDirectoryName(Path)!));
        }
    }

    [Fact]
    public void Of_many_that_start_at_once_all_have_the_same_key()
    {
        var names = new string[8];
        Parallel.For(0, names.Length, i => names[i] = File().ReadOrCreate().Single().Name);

        Assert.Single(names.Distinct());
        Assert.Single(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public void A_file_that_the_operator_names_is_not_made()
    {
        var e = Assert.Throws<StartupException>(() => new SecretKeyFile(Path, isOurs: false).ReadOrCreate());

        Assert.Contains(Path, e.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(Path));
    }

    [Theory]
    [InlineData("hunter2-canary")]
    [InlineData("aHVudGVyMi1jYW5hcnk=")]
    public void A_line_that_is_no_key_is_told_without_showing_it(string line)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        System.IO.File.WriteAllText(Path, $"# a comment\n{line}\n");

        var e = Assert.Throws<StartupException>(() => File().Read());

        Assert.Contains("Line 2", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(line, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_key_encrypts_and_the_others_still_decrypt_without_a_restart()
    {
        var fields = SecretKeyRing.Of(Path);
        var old = fields.Encrypt(Column, Row, "before");
        var fresh = SecretKey.Create();
        File().Write([.. File().Read(), fresh]);

        var young = fields.Encrypt(Column, Row, "after");

        Assert.Equal("before", fields.DecryptText(Column, Row, old));
        Assert.Equal("after", fields.DecryptText(Column, Row, young));
        Assert.Equal(fresh.Id, SecretEnvelope.KeyIdOf(young));
    }

    [Fact]
    public void A_running_server_keeps_its_keys_when_the_file_is_spoilt()
    {
        var fields = SecretKeyRing.Of(Path);
        var stored = fields.Encrypt(Column, Row, "kept");
        System.IO.File.WriteAllText(Path, "spoilt");

        Assert.Equal("kept", fields.DecryptText(Column, Row, stored));
        Assert.Equal("kept", fields.DecryptText(Column, Row, fields.Encrypt(Column, Row, "kept")));
    }

    [Fact]
    [Trait("security", "SEC-KEY-01")]
    public void What_cannot_be_read_says_why()
    {
        var fields = SecretKeyRing.Of(Path);
        var foreign = SecretKey.Create();
        var stored = fields.Encrypt(Column, Row, "secret");

        Assert.Contains(foreign.Name, Refusal(SecretEnvelope.Seal(foreign, Column, Row.ToString(), "x"u8)), StringComparison.Ordinal);
        Assert.Contains("no encrypted field", Refusal("plain text"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("no encrypted field", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("altered", Refusal([.. stored[..^1], (byte)(stored[^1] ^ 1)]), StringComparison.Ordinal);
        Assert.Contains("another row", Assert.Throws<SecretException>(() => fields.Decrypt(Column, Guid.CreateVersion7(), stored)).Message, StringComparison.Ordinal);

        string Refusal(byte[] value) => Assert.Throws<SecretException>(() => fields.Decrypt(Column, Row, value)).Message;
    }

    private SecretKeyFile File() => new(Path, isOurs: true);
}
