using Renexus.Engine.Jobs;

namespace Renexus.Server.Gateway.Jobs;

/// <summary>The lines that jobs wait in (JB-1). Slow work has places of its own, so that it never holds up the rest.</summary>
internal static class Queues
{
    /// <summary>Generating content: few at once, each takes its time.</summary>
    public static readonly JobQueue Content = new("content") { Concurrency = 4 };

    /// <summary>Publishing to social networks: nothing claimed ahead, because each has its moment.</summary>
    public static readonly JobQueue Publishing = new("publishing") { Concurrency = 8 };

    public static readonly JobQueue Email = new("email") { Concurrency = 8, Prefetch = 8 };

    /// <summary>Many small ones.</summary>
    public static readonly JobQueue Analytics = new("analytics") { Concurrency = 16, Prefetch = 1000 };

    /// <summary>Processing files, exports: limited by the processor.</summary>
    public static readonly JobQueue Files = new("files") { Concurrency = 2 };

    /// <summary>Calls to endpoints that answer: waiting for them costs nothing but the place.</summary>
    public static readonly JobQueue Webhooks = new("webhooks") { Concurrency = 64 };

    /// <summary>Calls to endpoints that fail or take their time.</summary>
    public static readonly JobQueue SlowWebhooks = new("webhooks-slow") { Concurrency = 32 };

    /// <summary>House-keeping.</summary>
    public static readonly JobQueue Maintenance = new("maintenance") { Concurrency = 2 };

    public static readonly IReadOnlyList<JobQueue> All = [Content, Publishing, Email, Analytics, Files, Webhooks, SlowWebhooks, Maintenance];
}
