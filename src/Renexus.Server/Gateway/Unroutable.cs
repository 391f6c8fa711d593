namespace Renexus.Server.Gateway;

/// <summary>Requests that no operation takes are refused at once: authorization would otherwise answer 401 for addresses that do not exist.</summary>
internal static class Unroutable
{
    public static Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        switch (context.GetEndpoint())
        {
            case RouteEndpoint:
                return next(context);
            // Preflight requests match no operation; CORS answers them.
            case var endpoint when HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.Origin.Count > 0:
                context.SetEndpoint(null);
                return endpoint is null || context.Request.Headers.AccessControlRequestMethod.Count > 0 ? next(context) : endpoint.RequestDelegate!(context);
            case null:
                return ProblemWriter.WriteAsync(context, new CodedProblem(ProblemCode.NotFound, "There is nothing at this address.")).AsTask();
            // What routing puts in the place of an operation: 405 with Allow, 415.
            case var endpoint:
                return endpoint.RequestDelegate!(context);
        }
    }
}
