namespace Renexus.Server;

/// <summary>
/// Maps an operation whose handler is made ready by its first request. The framework compiles every handler's binding before the first request of
/// all is answered, which was a good part of the start, and of every server that a test starts for three operations. What an operation is (its
/// route, input, metadata) is still worked out at once, and a handler that cannot be bound still fails there.
/// </summary>
/// <remarks>In the namespace that encloses all of the server's, so that these are meant wherever the server maps: the framework's are only imported.</remarks>
internal static class HandlersOnDemand
{
    public static RouteHandlerBuilder MapGet(this IEndpointRouteBuilder routes, string pattern, Delegate handler) => Map(routes, pattern, handler, HttpMethods.Get);

    public static RouteHandlerBuilder MapPost(this IEndpointRouteBuilder routes, string pattern, Delegate handler) => Map(routes, pattern, handler, HttpMethods.Post);

    public static RouteHandlerBuilder MapPut(this IEndpointRouteBuilder routes, string pattern, Delegate handler) => Map(routes, pattern, handler, HttpMethods.Put);

    public static RouteHandlerBuilder MapPatch(this IEndpointRouteBuilder routes, string pattern, Delegate handler) => Map(routes, pattern, handler, HttpMethods.Patch);

    public static RouteHandlerBuilder MapDelete(this IEndpointRouteBuilder routes, string pattern, Delegate handler) => Map(routes, pattern, handler, HttpMethods.Delete);

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string pattern, Delegate handler, string method) =>
        RouteHandlerServices.Map(routes, pattern, handler, [method], RequestDelegateFactory.InferMetadata, CreateOnDemand);

    private static RequestDelegateResult CreateOnDemand(Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? metadata)
    {
        var ready = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options, metadata).RequestDelegate);
        return new RequestDelegateResult(context => ready.Value(context), metadata?.EndpointMetadata ?? []);
    }
}
