using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Renexus.Server.Gateway;

/// <summary>
/// 200 with JSON whose length is known, as the serializer writes a <typeparamref name="T"/>: what is small or kept already is on its way in one write, where
/// writing it as a stream would take chunks.
/// </summary>
internal sealed class JsonAnswer<T>(ReadOnlyMemory<byte> json) : IResult, IEndpointMetadataProvider
{
    public static JsonAnswer<T> Of(T value) => new(Json.Utf8(value));

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => Json.WriteAsync(httpContext, json);
}
