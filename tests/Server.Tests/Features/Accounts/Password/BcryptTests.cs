using System.Diagnostics;
using System.Net;
using System.Text;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Password;

/// <summary>Against the vectors that OpenBSD, jBCrypt and crypt_blowfish publish.</summary>
[Trait("spec", "AU-1")]
public class BcryptTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a")]
    [InlineData("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")]
    [InlineData(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
        "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui")]
    [InlineData("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.")]
    [InlineData("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")]
    [InlineData("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC")]
    [InlineData("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO")]
    [InlineData("пароль🔑", "$2y$10$abcdefghijklmnopqrstuuSYi4E9yXq7valf9kZSxiQUT0M3Z4hiG")]
    [InlineData("correct horse battery staple", "$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W")]
    public void A_published_vector_holds_and_nothing_beside_it(string password, string hash)
    {
        Assert.True(Bcrypt.Verify(password, hash));
        Assert.False(Bcrypt.Verify("x" + password, hash));
        Assert.False(Bcrypt.Verify(password, hash[..^1] + (hash[^1] == 'a' ? 'e' : 'a')));
    }

    // crypt_blowfish: a byte above 127, where a form that is not taken had its bug.
    [Fact]
    public void Bytes_above_127_are_bytes() => Assert.True(Bcrypt.Verify([0xa3], "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq"));

    [Theory]
    [InlineData("$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO=W")]
    [InlineData("$2a$-5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("")]
    public void What_is_none_or_costs_too_much_is_refused_without_work(string hash)
    {
        var started = Stopwatch.GetTimestamp();

        Assert.False(Bcrypt.IsHash(hash));
        Assert.False(Bcrypt.Verify("U*U", hash));

        // Cost 15 would take seconds, 31 days.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_password_with_a_zero_byte_is_not_taken_for_its_beginning() =>
        Assert.False(Bcrypt.Verify("U*U\0U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));

    [Fact]
    [Trait("security", "SEC-AUTH-02")]
    public async Task Who_brings_one_along_logs_in_with_it_once_and_then_has_ours()
    {
        var user = await server.SignedInAs("ada");
        await SetHashAsync(user, "$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W");

        await server.Anonymous.LogInAsync(user.Email, "correct horse battery stable").ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);

        var stored = await server.ScalarAsync<string>("select password_hash from accounts.user_account where id = $1", user.Id);
        Assert.Equal(1, Convert.FromBase64String(stored!)[0]);
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_imported_hash_that_would_stall_the_server_lets_nobody_in()
    {
        var user = await server.SignedInAs("ada");
        await SetHashAsync(user, "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");

        await server.Anonymous.LogInAsync(user.Email, "U*U").ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task People_are_imported_from_a_file_and_log_in()
    {
        var email = AccountsHttp.NewEmail();
        var file = Path.Combine(server.DataDirectory, "people.jsonl");
        Directory.CreateDirectory(server.DataDirectory);
        await File.WriteAllTextAsync(file, $$"""
            {"email":"{{email}}","name":"Ada","passwordHash":"$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W","emailVerified":true}

            {"email":"no address","name":"Eve","passwordHash":"$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W"}
            {"email":"bob@example.com","name":"Bob","passwordHash":"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}
            not json
            """, Encoding.UTF8, Stop);

        var (code, output) = await ImportAsync(file);

        Assert.Equal(1, code);
        Assert.Contains("1 accounts made, 0 were there already, 3 lines refused.", output, StringComparison.Ordinal);
        Assert.Contains("Line 3: email must be an email address.", output, StringComparison.Ordinal);
        Assert.Contains("Line 4: passwordHash must be a bcrypt hash", output, StringComparison.Ordinal);
        Assert.DoesNotContain("$2a$31", output, StringComparison.Ordinal);
        var logged = await server.Anonymous.LogInAsync(email).ReadAsync<Renexus.Contracts.LoggedIn>();
        Assert.Equal(("Ada", true, false), (logged.User.Name, logged.User.EmailVerified, logged.User.IsOperator));
        Assert.Contains("0 accounts made, 1 were there already", (await ImportAsync(file)).Output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> ImportAsync(string file) => ServerProcess.RunAsync(
        "import-users", file, $"--Renexus:Database:ConnectionString={server.Database.ConnectionString}", $"--Renexus:DataDirectory={server.DataDirectory}");

    private Task<object?> SetHashAsync(TestUser user, string hash) =>
        server.ScalarAsync<object>("update accounts.user_account set password_hash = $2 where id = $1", user.Id, hash);
}
