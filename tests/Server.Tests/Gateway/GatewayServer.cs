using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Logging;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>The whole server with a few addresses that do nothing but what the gateway is tested with, and its log as a string.</summary>
public sealed class GatewayServer : TestServer
{
    /// <summary>Everything logged so far, at every level, as production writes it.</summary>
    public string Log => string.Join('\n', lines);

    private readonly ConcurrentQueue<string> lines = new();

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings,
        new("Renexus:Limits:GenerationPerMinute", "3"),
        new("Renexus:Cors:Origins", "https://friend.example"),
        new("Renexus:PublicUrl", "https://renexus.example"),
        new("Logging:LogLevel:Default", "Trace"),
        new("Logging:Console:LogLevel:Default", "None"),
    ];

    protected override void Configure(IServiceCollection services) =>
        services.AddSingleton<ILoggerProvider>(provider => new LineLog(new JsonLogFormatter(provider.GetRequiredService<Redaction>(), TimeProvider.System), lines));

    protected override void Map(WebApplication server)
    {
        var test = server.MapGroup("/api/test").ExcludeFromDescription();
        test.MapPost("/echo", (PostMessageRequest request) => TypedResults.Ok(request));
        test.MapPost("/thread", (CreateThreadRequest request) => TypedResults.Ok(request));
        test.MapGet("/number", (int n) => TypedResults.Ok(n));
        test.MapGet("/caller", (Caller caller) => TypedResults.Ok(caller.UserId));
        test.MapGet("/text", (int bytes) => TypedResults.Text(new string('x', bytes)));
        test.MapGet("/json", (int bytes) => TypedResults.Ok(new { text = new string('x', bytes) }));
        test.MapGet("/picture", (int bytes) => TypedResults.Bytes(new byte[bytes], "image/png"));
        test.MapGet("/stream", StreamAsync);
        test.MapGet("/bug", IResult () => throw new InvalidOperationException("password=canary-in-exception select * from secrets"));
        test.MapGet("/half", HalfAsync);
        test.MapGet("/busy", IResult () => throw new PostgresException("deadlock detected", "ERROR", "ERROR", "40P01"));
        test.MapGet("/away", IResult () => throw new NpgsqlException("cannot connect", new IOException("refused")));
        test.MapPost("/limited", () => TypedResults.NoContent()).LimitedBy(Limit.Generation);
        test.MapGet("/open", () => TypedResults.NoContent()).AllowAnonymous();
        test.MapPost("/open", () => TypedResults.NoContent()).AllowAnonymous();
        test.MapPost("/small", (PostMessageRequest request) => TypedResults.Ok(request)).TakesUpTo(2048);
    }

    private static async Task StreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }

    private static async Task HalfAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync("half an answer", context.RequestAborted);
        throw new InvalidOperationException("and no more");
    }

    private sealed class LineLog(JsonLogFormatter formatter, ConcurrentQueue<string> lines) : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider? scopes;

        public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Writer(LineLog log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var text = new StringBuilder();
                using var writer = new StringWriter(text);
                log.Formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), log.scopes, writer);
                log.Lines.Enqueue(text.ToString());
            }
        }

        private JsonLogFormatter Formatter => formatter;

        private ConcurrentQueue<string> Lines => lines;
    }
}
