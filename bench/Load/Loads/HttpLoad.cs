using System.Diagnostics;
using System.Globalization;
using System.Text;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>What is asked for over HTTP, in the same words of every contestant.</summary>
internal enum HttpWork
{
    /// <summary>Who am I: a token, and one row.</summary>
    Me,

    /// <summary>The newest 50 messages of a thread.</summary>
    List,

    /// <summary>50 messages from the middle of a history; each page is asked for once, so that nobody has it ready.</summary>
    OldList,

    /// <summary>A message to a thread, answered after its commit.</summary>
    Post,
}

/// <param name="Rate">Requests a second in all; null asks again as soon as there is an answer.</param>
internal sealed record HttpPlan(HttpWork Work, int Connections, int Threads, int BodyBytes, TimeSpan WarmUp, TimeSpan Duration, double? Rate);

/// <summary>
/// Kept-alive connections with one request at a time on each. With a rate, latency counts from the moment a request was due, whether or not a
/// connection was free then.
/// </summary>
internal sealed class HttpLoad
{
    // Of three digits, with 50 before each, in threads of 200 messages.
    private const int FirstPlace = 101;
    private const int Places = 100;

    private readonly HttpPlan plan;
    private readonly Latencies latencies = new();
    private readonly Queue<long> due = new();
    private readonly Stack<HttpConnection> free = new();
    private long[] dueAt = [];
    private byte[][] requests = [];
    private int[] idAt = [];
    private (int Thread, int Place)[] pageAt = [];
    private MessageIds[] ids = [];
    private IReadOnlyList<Guid> threads = [];
    private uint number;
    private long measureFrom = long.MaxValue;
    private long answered;

    public HttpLoad(HttpPlan plan) => this.plan = plan;

    public Report Run(TargetServer server, CancellationToken cancellationToken)
    {
        using var loop = new SocketLoop();
        var population = server.Population;
        dueAt = new long[plan.Connections];
        ids = [.. Enumerable.Range(0, plan.Connections).Select(i => new MessageIds(i))];
        requests = [.. Enumerable.Range(0, plan.Connections).Select(i => Request(server, population.LoginOf(i), population.Threads[i % plan.Threads], ids[i].Of(0)))];
        idAt = [.. requests.Select(static request => After(request, "\"id\":\""u8))];
        threads = population.Threads;
        pageAt = [.. requests.Select(static request => (After(request, "/threads/"u8), After(request, "&before="u8)))];
        for (var i = 0; i < plan.Connections; i++)
        {
            var connection = new HttpConnection(OnAnswer) { Index = i };
            connection.Open(server.EndPoint);
            loop.Add(connection);
            free.Push(connection);
        }

        var start = Stopwatch.GetTimestamp();
        var pace = plan.Rate is { } rate ? new Pace(rate, start) : null;
        Work(loop, pace, start + Ticks(plan.WarmUp), cancellationToken);
        var cpu = server.Watch();
        answered = 0;
        var from = measureFrom = Stopwatch.GetTimestamp();
        Work(loop, pace, from + Ticks(plan.Duration), cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(from);
        var use = cpu.Read();

        var report = new Report($"HTTP {plan.Work.ToString().ToLowerInvariant()}: {plan.Connections} connections, {(plan.Rate is { } wanted ? $"{wanted:N0}/s wanted" : "one request at a time")}");
        report.AddMain("answered", answered / elapsed.TotalSeconds, "/s");
        report.Add("latency", latencies);
        report.Add(use, answered, "request");
        return report;
    }

    private void OnAnswer(HttpConnection connection, int status)
    {
        if (status is not (200 or 201))
            throw new IOException($"The server answered {status.ToString(CultureInfo.InvariantCulture)}.");
        answered++;
        if (dueAt[connection.Index] >= measureFrom)
            latencies.Add(dueAt[connection.Index], Stopwatch.GetTimestamp());
        free.Push(connection);
        Use();
    }

    /// <summary>Sends what is due, as far as there are connections.</summary>
    private void Use()
    {
        while (free.Count > 0 && (plan.Rate is null || due.Count > 0))
        {
            var connection = free.Pop();
            var i = connection.Index;
            dueAt[i] = plan.Rate is null ? Stopwatch.GetTimestamp() : due.Dequeue();
            if (idAt[i] >= 0)
                ids[i].Of(number++).TryFormat(requests[i].AsSpan(idAt[i], MessageIds.Length), out _);
            if (plan.Work == HttpWork.OldList)
                TurnPage(i);
            connection.Enqueue(requests[i]);
        }
    }

    private void Work(SocketLoop loop, Pace? pace, long until, CancellationToken cancellationToken)
    {
        for (var now = Stopwatch.GetTimestamp(); now < until; now = Stopwatch.GetTimestamp())
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (pace is not null && pace.TryTake(now, out _, out var at))
                due.Enqueue(at);
            Use();
            foreach (var connection in loop.Connections)
            {
                if (connection.HasUnsent)
                    loop.Flush(connection);
            }

            var wait = Stopwatch.GetElapsedTime(now, Math.Min(until, pace?.NextDue ?? until));
            loop.Poll(wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
        }
    }

    /// <summary>The next thread, and another place in it when all have had their turn.</summary>
    private void TurnPage(int connection)
    {
        var (thread, place) = ((int)(number % threads.Count), FirstPlace + (int)(number / threads.Count % Places));
        number++;
        threads[thread].TryFormat(requests[connection].AsSpan(pageAt[connection].Thread, MessageIds.Length), out _);
        place.TryFormat(requests[connection].AsSpan(pageAt[connection].Place), out _, provider: CultureInfo.InvariantCulture);
    }

    private static int After(byte[] request, ReadOnlySpan<byte> name) => request.AsSpan().IndexOf(name) is var at and >= 0 ? at + name.Length : -1;

    private byte[] Request(TargetServer server, Login login, Guid thread, Guid id)
    {
        var body = plan.Work == HttpWork.Post ? $$"""{"body":"{{new string('x', plan.BodyBytes)}}","id":"{{id}}"}""" : "";
        var line = plan.Work switch
        {
            HttpWork.Me => "GET /api/me",
            HttpWork.OldList => $"GET /api/threads/{thread}/messages?limit=50&before={FirstPlace.ToString(CultureInfo.InvariantCulture)}",
            HttpWork.List => $"GET /api/threads/{thread}/messages?limit=50",
            _ => $"POST /api/threads/{thread}/messages",
        };
        var content = body.Length > 0 ? $"Content-Type: application/json\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n" : "";
        return Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {login.Token}\r\n{content}\r\n{body}");
    }

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
