using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Operations;

/// <summary>Jobs for operators: the first of a state, and a single one with everything known of it.</summary>
internal static class ListJobs
{
    private const int Most = 100;

    public static async Task<Results<Ok<JobRecords>, ProblemHttpResult>> HandleAsync(
        [AsParameters] JobQuery query, Caller caller, Database database, JobOperations jobs, CancellationToken cancellationToken)
    {
        if (await database.RefuseOthersAsync(caller, GetQueues.Sentence, cancellationToken) is { } refusal)
            return refusal;
        var rows = await jobs.ListAsync(query.State ?? "dead", query.Queue, query.Kind, Most, cancellationToken);
        return TypedResults.Ok(new JobRecords([.. rows.Select(row => Of(row, isWhole: false))]));
    }

    public static async Task<Results<Ok<JobRecord>, ProblemHttpResult>> OneAsync(
        Guid jobId, Caller caller, Database database, JobOperations jobs, CancellationToken cancellationToken)
    {
        if (await database.RefuseOthersAsync(caller, GetQueues.Sentence, cancellationToken) is { } refusal)
            return refusal;
        return await jobs.FindAsync(jobId, cancellationToken) is { } row ? TypedResults.Ok(Of(row, isWhole: true)) : Problems.NotFound("job", jobId);
    }

    internal static JobRecord Of(JobRow row, bool isWhole) => new(
        row.Id, row.State, row.Queue, row.Kind, row.Priority, row.Attempt, row.MaxAttempts, row.EnqueuedAt, row.At, row.WorkspaceId, row.Actor, row.UniqueKey,
        row.OrderingKey, row.ParentId, row.Worker, row.Progress, row.Note, row.Error, isWhole ? Shown(row.Payload) : null, isWhole ? Shown(row.Result) : null);

    // Payloads hold no secrets; this is the gate behind them.
    private static JsonElement? Shown(string? json)
    {
        if (json is null)
            return null;
        var node = JsonNode.Parse(json);
        Auditing.Clean(node);
        return JsonSerializer.SerializeToElement(node, Json.Options);
    }
}
