using System.Buffers;
using System.Diagnostics;

namespace Renexus.Server.Gateway;

/// <summary>
/// The id under which a request is found again: in the answer's header, in failures, in every log line. A client may bring its own
/// (<c>X-Correlation-Id</c>); otherwise it is the W3C trace id, which a client may bring as <c>traceparent</c>.
/// </summary>
internal static class CorrelationId
{
    public const string Header = "X-Correlation-Id";
    private const string Tag = "correlation.id";
    private const int MaxLength = 128;

    // It goes into logs and headers: nothing that could end a line or open markup.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Decides the request's id; afterwards it is its <see cref="HttpContext.TraceIdentifier"/>.</summary>
    public static void Assign(HttpContext context)
    {
        var offered = context.Request.Headers[Header];
        if (offered is [{ Length: > 0 and <= MaxLength } id] && !id.AsSpan().ContainsAnyExcept(Allowed))
        {
            context.TraceIdentifier = id;
            if (Activity.Current is { } activity)
                Assign(activity, id);
        }
        else
        {
            context.TraceIdentifier = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
        }

        Echo(context);
    }

    public static void Echo(HttpContext context) => context.Response.Headers[Header] = context.TraceIdentifier;

    public static string Of(HttpContext context) => context.TraceIdentifier;

    /// <summary>Gives whatever runs in an activity of its own (a message of a socket, a job) the id that its sender chose.</summary>
    public static void Assign(Activity activity, string id) => activity.SetTag(Tag, id);

    /// <summary>The id under which what happens right now is logged; null outside of any request.</summary>
    public static string? OfActivity()
    {
        for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
        {
            if (activity.GetTagItem(Tag) is string id)
                return id;
        }

        return Activity.Current?.TraceId.ToHexString();
    }
}
