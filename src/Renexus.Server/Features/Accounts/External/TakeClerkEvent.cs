using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>
/// Takes what Clerk tells (WH-1): checked over the bytes as they came, stored with the job that deals with it, and only then answered. Without a database it is
/// not taken, and Clerk sends it again.
/// </summary>
internal static class TakeClerkEvent
{
    public const int MaxBytes = 1024 * 1024;

    private static readonly Command Store = new("accounts.store_clerk_event", """
        insert into accounts.clerk_event (id, body, received_at) values ($1, $2, $3) on conflict (id) do nothing
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        HttpContext context, Database database, JobClient jobs, RenexusOptions options, TimeProvider clock)
    {
        if (options.Clerk.WebhookSecret is not { Length: > 0 } secret)
            return Problems.NotFound("address");

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var (bytes, now) = (body.ToArray(), clock.GetUtcNow());
        var headers = context.Request.Headers;
        var id = headers["svix-id"].ToString();
        if (!SvixSignature.IsGood(SvixSignature.Keys(secret), id, headers["svix-timestamp"].ToString(), headers["svix-signature"].ToString(), bytes, now))
            return Problems.Unauthenticated("The signature is not good.");
        if (SubjectOf(bytes) is not { } subject)
            return Problems.Validation("body", "It must be an event as Clerk sends it.");

        await using var work = await database.BeginAsync(Scope.None, context.RequestAborted);
        if (await work.ExecuteAsync(Store, [id, Encoding.UTF8.GetString(bytes), now], context.RequestAborted) > 0)
        {
            // What is about one person is dealt with in the order it came; what is late is told apart all the same.
            await jobs.EnqueueAsync(
                work, ClerkEvents.Kind, new ClerkEvent(id), context.RequestAborted, new JobOptions { ForNobody = true, OrderingKey = $"clerk:{subject}" });
            await work.CommitAsync(now);
        }
        return TypedResults.NoContent();
    }

    /// <summary>What an event is about; null when it is none.</summary>
    private static string? SubjectOf(byte[] body)
    {
        const int MaxLength = 100;
        try
        {
            var json = JsonElement.Parse(body);
            return json.GetProperty("type").ValueKind is JsonValueKind.String && json.GetProperty("data").TryGetProperty("id", out var id)
                && id.GetString() is { Length: > 0 and <= MaxLength } subject ? subject : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
