using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Operations;

/// <summary>Running the installation: queues, jobs and the processes that work on them.</summary>
internal static class OperationsFeature
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        builder.AddChannel<OpsChannel>(channel => channel.Rules);
        builder.Services.AddHostedService<OpsNews>();
        return builder;
    }

    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes)
    {
        var ops = routes.MapGroup("/api/ops").WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        ops.MapGet("/queues", GetQueues.HandleAsync).WithSummary("How the queues, their workers and the recurring jobs stand");
        ops.MapPost("/queues/{queue}/pause", PauseQueue.PauseAsync).WithName("pauseQueue").WithSummary("Let nothing more of a queue begin").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/queues/{queue}/resume", PauseQueue.ResumeAsync).WithName("resumeQueue").WithSummary("Let a queue go on").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/jobs", ListJobs.HandleAsync).WithSummary("The first jobs of a state");
        ops.MapPost("/jobs/replay", ReplayJobs.HandleAsync).WithSummary("Put dead jobs in again");

        var job = ops.MapGroup("/jobs/{jobId:guid}").ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/", ListJobs.OneAsync).WithName("getJob").WithSummary("A job with what it carries and what it came to");
        job.MapPost("/retry", ChangeJob.RetryAsync).WithName("retryJob").WithSummary("Put a dead job in again, or let a waiting one begin now");
        job.MapPost("/cancel", ChangeJob.CancelAsync).WithName("cancelJob").WithSummary("End a job: at once when it waits, through its handler when it runs");
        job.MapDelete("/", ChangeJob.DiscardAsync).WithName("discardJob").WithSummary("Throw a dead job away");
        return routes;
    }
}
