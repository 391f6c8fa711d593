namespace Renexus.Server.Gateway;

/// <summary>
/// The operation carries others: messages, requests, operations. Limits and idempotency are theirs, each of which it asks for itself.
/// </summary>
internal sealed record CarriesParts
{
    private static readonly CarriesParts Mark = new();

    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<CarriesParts>() is not null;

    public static void On(EndpointBuilder endpoint) => endpoint.Metadata.Add(Mark);
}

internal static class CarriesPartsConventions
{
    /// <inheritdoc cref="CarriesParts"/>
    public static TBuilder CarryingParts<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(CarriesParts.On);
        return builder;
    }
}
