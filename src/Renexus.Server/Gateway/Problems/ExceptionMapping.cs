using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Renexus.Engine.Batching;

namespace Renexus.Server.Gateway;

/// <summary>What an exception means to whoever asked. One table for HTTP and sockets; what is not in it is our own bug.</summary>
internal static partial class ExceptionMapping
{
    // Long enough for a failover to be noticed, short enough for a deadlock.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(5);

    /// <summary>The failure to answer with; <see cref="ProblemCode.Internal"/> for whatever nobody expected.</summary>
    public static CodedProblem ToProblem(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        JsonException e => Unreadable(e),
        BadHttpRequestException { InnerException: JsonException e } => Unreadable(e),
        BadHttpRequestException e => BadRequest(e),
        PostgresException e when IsContention(e.SqlState) => Problems.Busy(Soon),
        PostgresException e when IsOutage(e.SqlState) => Problems.Busy(AfterOutage),
        PostgresException => Bug,
        NpgsqlException => Problems.Busy(AfterOutage),
        OverloadedException or TimeoutException => Problems.Busy(Soon),
        _ => Bug,
    };

    private static CodedProblem Bug => new(ProblemCode.Internal, "Something went wrong on our side. Quote the traceId when you ask about it.");

    private static CodedProblem Unreadable(JsonException e) => Problems.Invalid(FieldNames.OfPath(e.Path), Json.Explain(e));

    private static CodedProblem BadRequest(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status400BadRequest when e.Message.Contains("body", StringComparison.Ordinal) => Problems.Invalid("$", "A body in JSON is required."),
        StatusCodes.Status400BadRequest when Parameter().Match(e.Message) is { Success: true } match => Problems.Invalid(
            FieldNames.AsInJson(match.Groups["name"].Value),
            e.Message.StartsWith("Required", StringComparison.Ordinal) ? "It is required." : "It cannot be read as what is expected here."),
        StatusCodes.Status400BadRequest => new(ProblemCode.ValidationFailed, "The request is malformed."),
        StatusCodes.Status413PayloadTooLarge => new(ProblemCode.PayloadTooLarge, "The body is larger than this address takes."),
        StatusCodes.Status415UnsupportedMediaType => new(ProblemCode.UnsupportedMediaType, "Send the body as application/json."),
        var status => new(ProblemCode.OfStatus(status), detail: null),
    };

    // 40001 serialization, 40P01 deadlock, 55P03 lock not available, 53xxx out of connections or memory, 57014 query timeout.
    private static bool IsContention(string state) =>
        state is "40001" or "40P01" or "55P03" or "57014" || state.StartsWith("53", StringComparison.Ordinal);

    // 08xxx connection, 57P0x shutting down or starting up, 25006 read-only (a standby), 58xxx disk.
    private static bool IsOutage(string state) =>
        state is "25006" || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
        || state.StartsWith("58", StringComparison.Ordinal);

    // The framework says: Failed to bind parameter "int? limit" from "abc". / Required parameter "string q" was not provided from query string.
    [GeneratedRegex("""parameter "\S+ (?<name>\w+)""", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
