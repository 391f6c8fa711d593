using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Renexus.Server.Gateway;

/// <summary>Writes every failure, whoever found it: operations, validation, the exception handler, routing.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Also for clients that did not say they accept it: a failure without a body helps nobody.
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        return WriteAsync(context.HttpContext, CodedProblem.From(context.ProblemDetails, response.StatusCode));
    }

    public static async ValueTask WriteAsync(HttpContext context, CodedProblem problem)
    {
        var response = context.Response;
        if (response.HasStarted)
            return;

        response.StatusCode = problem.Code.Status;
        response.ContentType = "application/problem+json";
        // The exception handler clears what the pipeline had set.
        SecurityHeaders.Apply(context);
        CorrelationId.Echo(context);
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Problems.Seconds(wait).ToString(CultureInfo.InvariantCulture);

        if (HttpMethods.IsHead(context.Request.Method))
            return;

        using var writer = new Utf8JsonWriter(response.BodyWriter, WriterOptions);
        Write(writer, problem, CorrelationId.Of(context));
        await writer.FlushAsync(context.RequestAborted);
    }

    /// <summary>The same inside of an answer that tells of several things.</summary>
    public static Contracts.Problem ToContract(CodedProblem problem, string? traceId) => new(
        problem.Code.TypeUri, problem.Code.Title, problem.Code.Status, problem.Detail ?? problem.Code.Title + ".", problem.Code.Code, traceId, problem.Errors);

    private static void Write(Utf8JsonWriter writer, CodedProblem problem, string traceId)
    {
        writer.WriteStartObject();
        writer.WriteString("type", problem.Code.TypeUri);
        writer.WriteString("title", problem.Code.Title);
        writer.WriteNumber("status", problem.Code.Status);
        writer.WriteString("detail", problem.Detail ?? problem.Code.Title + ".");
        writer.WriteString("code", problem.Code.Code);
        writer.WriteString("traceId", traceId);
        writer.WriteBoolean("retryable", problem.Code.Retryable);
        if (problem.Errors is { } errors)
        {
            writer.WritePropertyName("errors");
            JsonSerializer.Serialize(writer, errors, Json.Options);
        }

        foreach (var (name, value) in problem.Extensions)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, Json.Options);
        }

        writer.WriteEndObject();
    }
}
