using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

/// <summary>
/// What cannot be read in an answer must not be readable from its time. Samples are taken in turns, so that the machine's moods fall on all
/// kinds alike, and only their order counts: how often one kind takes longer than the other (half the time, when nothing tells them apart).
/// The password hash, which would drown everything else, is made cheap. <c>RENEXUS_LONG=1</c> takes 2 000 samples of each kind.
/// </summary>
[Trait("spec", "AU-1")]
public class LogInTimingTests(LogInTimingTests.QuickServer server) : IClassFixture<LogInTimingTests.QuickServer>
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly int Samples = IsLong ? 2000 : 150;

    // Of 150 samples by chance alone, one pair in ten thousand strays further than 0.13 from a half.
    private static readonly double Margin = IsLong ? 0.06 : 0.15;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-AUTH-04")]
    public async Task An_unknown_address_a_wrong_password_and_a_held_account_take_the_same_time()
    {
        // Of each kind many: one address would be held after a few.
        var (wrong, unknown, held) = (new Queue<string>(), new Queue<string>(), new Queue<string>());
        for (var i = 0; i < (Samples + 10) / 5; i++)
        {
            wrong.Enqueue((await server.SignedInAs("ada")).Email);
            unknown.Enqueue(AccountsHttp.NewEmail());
        }

        held.Enqueue((await server.SignedInAs("bob")).Email);
        await server.ScalarAsync<object>("""
            insert into accounts.throttle (key, failures, held_until, last_failure_at)
            values (sha256(convert_to($1, 'UTF8')), 30, now() + interval '1 year', now())
            """, $"account\n{held.Peek()}");

        var times = await MeasureAsync(() => GuessAsync(wrong), () => GuessAsync(unknown), () => GuessAsync(held));

        Alike("unknown and wrong", times[0], times[1]);
        Alike("held and wrong", times[0], times[2]);
    }

    [Fact]
    [Trait("security", "SEC-RST-01")]
    public async Task Asking_for_a_reset_takes_the_same_time_whether_there_is_an_account_or_not()
    {
        var user = await server.SignedInAs("ada");
        var unknown = AccountsHttp.NewEmail();

        var times = await MeasureAsync(() => ForgotAsync(user.Email), () => ForgotAsync(unknown));

        Alike("known and unknown", times[0], times[1]);
    }

    [Fact]
    public void The_test_sees_what_it_looks_for()
    {
        var random = new Random(7);
        double[] usual = [.. Enumerable.Range(0, Samples).Select(_ => 10 + (random.NextDouble() * 10))];
        double[] slower = [.. Enumerable.Range(0, Samples).Select(_ => 14 + (random.NextDouble() * 10))];
        double[] same = [.. Enumerable.Range(0, Samples).Select(_ => 10 + (random.NextDouble() * 10))];

        Assert.True(Math.Abs(Superiority(usual, slower) - 0.5) > Margin);
        Assert.True(Math.Abs(Superiority(usual, same) - 0.5) < Margin);
    }

    private static void Alike(string what, double[] a, double[] b)
    {
        var superiority = Superiority(a, b);
        Assert.True(
            Math.Abs(superiority - 0.5) < Margin,
            FormattableString.Invariant($"{what}: one is the slower in {superiority:P1} of all pairs; medians {Median(a):F2} and {Median(b):F2} ms."));
    }

    /// <summary>How often a sample of one kind is larger than one of the other (Mann and Whitney's U, as a share).</summary>
    private static double Superiority(double[] a, double[] b)
    {
        double[] sorted = [.. b.Order()];
        var smaller = a.Sum(x => (double)Rank(sorted, x));
        return smaller / ((double)a.Length * b.Length);
    }

    private static int Rank(double[] sorted, double value)
    {
        var at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static async Task<double[][]> MeasureAsync(params Func<Task>[] kinds)
    {
        var times = kinds.Select(_ => new double[Samples]).ToArray();
        var order = Enumerable.Range(0, kinds.Length).ToArray();
        var random = new Random(42);
        for (var i = -10; i < Samples; i++)
        {
            // In another order each round: none always follows the same one.
            random.Shuffle(order);
            foreach (var kind in order)
            {
                var started = Stopwatch.GetTimestamp();
                await kinds[kind]();
                if (i >= 0) // the first rounds warm up
                    times[kind][i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }

        return times;
    }

    private async Task GuessAsync(Queue<string> emails)
    {
        var email = emails.Dequeue();
        emails.Enqueue(email);
        await server.Anonymous.LogInAsync(email, "a guess").ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    private async Task ForgotAsync(string email) =>
        await server.Anonymous.PostAsJsonAsync("/api/auth/password/forgot", new { email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted);

    /// <summary>Its passwords are quick to compare, and neither holds nor limits come in between.</summary>
    public sealed class QuickServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:LogIn:FreeFailuresOfNetwork", "100000"),
            new("Renexus:Accounts:MailsPerHour", "1000"),
            new("Renexus:Accounts:MailsPerDay", "10000"),
            new("Renexus:Accounts:MailsPerHourFromNetwork", "100000"),
            new("Logging:LogLevel:Renexus", "Error"),
            new("Logging:LogLevel:Program", "Error"),
        ];

        protected override int PasswordIterations => 1000;
    }
}
