using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-1")]
public sealed class PasswordsTests : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => services.Dispose();

    [Fact]
    [Trait("security", "SEC-AUTH-01")]
    public async Task A_hash_names_its_algorithm_rounds_and_salt()
    {
        using var passwords = Make();

        var hash = Convert.FromBase64String(await passwords.HashAsync(Password, Stop));

        Assert.Equal(1, hash[0]);
        Assert.Equal(2u, BigEndian(hash, 1)); // HMAC-SHA512
        Assert.Equal(220_000u, BigEndian(hash, 5));
        Assert.Equal(16u, BigEndian(hash, 9));
        Assert.Equal(13 + 16 + 32, hash.Length);
    }

    [Fact]
    public async Task Only_the_right_password_matches()
    {
        using var passwords = Make();
        var hash = await passwords.HashAsync(Password, Stop);

        Assert.True((await passwords.CheckAsync(hash, Password, Stop)).Matches);
        Assert.False((await passwords.CheckAsync(hash, Password + " ", Stop)).Matches);
        Assert.False((await passwords.CheckAsync(null, Password, Stop)).Matches);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-02")]
    public async Task A_hash_of_fewer_rounds_is_renewed_when_its_password_is_seen()
    {
        using var before = Make(iterations: 210_000);
        using var now = Make();
        var old = await before.HashAsync(Password, Stop);

        var check = await now.CheckAsync(old, Password, Stop);

        Assert.True(check.Matches);
        Assert.NotNull(check.Rehash);
        Assert.Equal(new PasswordCheck(true, null), await now.CheckAsync(check.Rehash, Password, Stop));
        Assert.Null((await now.CheckAsync(old, "wrong", Stop)).Rehash);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-03")]
    public async Task What_does_not_fit_into_the_queue_is_told_to_come_back()
    {
        using var passwords = Make(queue: 0);
        var slots = Math.Max(1, Environment.ProcessorCount - 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, slots + 20).Select(_ => Task.Run(async () =>
        {
            try
            {
                await passwords.HashAsync(Password, Stop);
                return null;
            }
            catch (ProblemException e)
            {
                return e.Problem;
            }
        })));

        var refused = outcomes.Where(o => o is not null).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, p => Assert.Equal((503, true), (p!.Status!.Value, p.RetryAfter > TimeSpan.Zero)));
        Assert.Contains(null, outcomes);
    }

    private static uint BigEndian(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private Passwords Make(int iterations = 220_000, int queue = 200)
    {
        var options = new RenexusOptions { Passwords = new PasswordOptions { Iterations = iterations, Queue = queue } };
        return new(new AccountPasswordHasher(options), options, services.GetRequiredService<IMeterFactory>());
    }
}
