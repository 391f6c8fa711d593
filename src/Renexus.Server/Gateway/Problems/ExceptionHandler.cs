using Microsoft.AspNetCore.Diagnostics;

namespace Renexus.Server.Gateway;

/// <summary>The one place where an exception becomes an answer. Our own bugs are logged here, once; neither stack nor SQL leaves.</summary>
internal sealed partial class ExceptionHandler(ILogger<ExceptionHandler> logger) : IExceptionHandler
{
    // What proxies log for a client that went away.
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException or IOException && httpContext.RequestAborted.IsCancellationRequested)
        {
            ClientLeft(logger, httpContext.Request.Method, httpContext.Request.Path);
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var problem = ExceptionMapping.ToProblem(exception);
        if (problem.Code == ProblemCode.Internal)
            Unhandled(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
        else if (problem.Code == ProblemCode.Unavailable)
            Unavailable(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
        else
            Refused(logger, exception, httpContext.Request.Method, httpContext.Request.Path, problem.Code.Code);

        await ProblemWriter.WriteAsync(httpContext, problem);
        return true;
    }

    [LoggerMessage(1701, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Unhandled(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1702, LogLevel.Warning, "{Method} {Path} could not be served right now")]
    private static partial void Unavailable(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1703, LogLevel.Debug, "{Method} {Path} refused as {Code}")]
    private static partial void Refused(ILogger logger, Exception exception, string method, string path, string code);

    [LoggerMessage(1704, LogLevel.Debug, "{Method} {Path}: the client left")]
    private static partial void ClientLeft(ILogger logger, string method, string path);
}
