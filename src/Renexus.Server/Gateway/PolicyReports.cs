using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Renexus.Server.Gateway;

/// <summary>
/// Takes what browsers report when a page of ours does what its policy forbids (SEC-HDR-01): an attack, or a mistake of ours. Strangers can
/// send anything, so it draws from the limit of ordinary writes, what is logged is short and clean, and there is only so much of it.
/// </summary>
internal sealed partial class PolicyReports(TimeProvider clock, ILogger<PolicyReports> logger)
{
    public const string Path = "/api/policy-reports";
    public const string Group = "policy";

    private const int MaxBytes = 16 * 1024;
    private const int MaxLength = 200;
    private const int LoggedInAMinute = 30;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock counting = new();
    private long windowStart = clock.GetTimestamp();
    private int logged;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, static (HttpContext context, PolicyReports reports) => reports.TakeAsync(context)).AllowAnonymous().ExcludeFromDescription().TakesUpTo(MaxBytes);

    private async Task<NoContent> TakeAsync(HttpContext context)
    {
        var body = new ArrayBufferWriter<byte>();
        while (await context.Request.Body.ReadAsync(body.GetMemory(4096), context.RequestAborted) is var read and > 0)
            body.Advance(read);
        foreach (var (directive, blocked, page) in Read(body.WrittenMemory))
        {
            if (MayLog())
                Violated(logger, directive, blocked, page);
        }

        return TypedResults.NoContent();
    }

    // The older form is one object, the newer one an array of reports of all kinds.
    private static List<(string Directive, string Blocked, string Page)> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.Object when root.TryGetProperty("csp-report", out var report) =>
                    [(Text(report, "violated-directive"), Text(report, "blocked-uri"), Text(report, "document-uri"))],
                JsonValueKind.Array =>
                [
                    .. root.EnumerateArray().Take(10).Where(r => r.ValueKind == JsonValueKind.Object && r.TryGetProperty("body", out _)).Select(r => r.GetProperty("body"))
                        .Select(r => (Text(r, "effectiveDirective"), Text(r, "blockedURL"), Text(r, "documentURL"))),
                ],
                _ => [],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    // Without query and fragment, where secrets travel.
    private static string Text(JsonElement report, string name)
    {
        var text = report.ValueKind == JsonValueKind.Object && report.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var end = text.AsSpan().IndexOfAny('?', '#');
        text = new string([.. (end < 0 ? text : text[..end]).Where(c => !char.IsControl(c))]);
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    private bool MayLog()
    {
        lock (counting)
        {
            if (clock.GetElapsedTime(windowStart) >= Window)
                (windowStart, logged) = (clock.GetTimestamp(), 0);
            return ++logged <= LoggedInAMinute;
        }
    }

    [LoggerMessage(1741, LogLevel.Warning, "A page broke its policy: {Directive} blocked {Blocked} on {Page} (malicious_extraneous)")]
    private static partial void Violated(ILogger logger, string directive, string blocked, string page);
}
