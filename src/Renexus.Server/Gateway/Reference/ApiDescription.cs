using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Renexus.Contracts;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Reference;

/// <summary>
/// What the generated OpenAPI document cannot know: how one signs in, that every failure is a problem, and what the framework's own
/// steps (limits, size, content type) may answer before an operation runs (GW-1).
/// </summary>
internal static class ApiDescription
{
    private const string ProblemSchema = nameof(Problem);

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Accounts", "Registering, logging in and staying logged in, the own profile."),
        ("Workspaces", "Where work lives: members, roles, invitations."),
        ("Threads", "Conversations and their messages; live over `/ws`."),
        ("Content", "What a team writes together: items, their text, review and history; live over `/ws`."),
        ("Health", "For monitors and orchestrators."),
    ];

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = static _ => true;
        options.AddDocumentTransformer(DescribeDocumentAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
        options.AddSchemaTransformer(DescribeConvertedAsync);
    });

    private static async Task DescribeDocumentAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Renexus",
            Version = typeof(ApiDescription).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
            Description = "Content for teams, in real time. Ids are UUIDv7 and may be made by the client; times are RFC 3339 in UTC; "
                + "failures are problem details (RFC 9457) with a stable `code`.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[ProblemSchema] = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [BearerAuthentication.SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token of a log-in. It lives 15 minutes; `POST /api/auth/refresh` gives the next.",
            },
        };
        SchemaTidying.Tidy(document);
        document.Tags = Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
    }

    // What a converter of ours reads and writes is opaque to the generator; on the wire it is a string.
    private static Task DescribeConvertedAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // The generator leaves out what it takes to be anything, so a list of such strings has no element to describe yet.
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && element == typeof(string))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } value })
        {
            if (value == typeof(string))
                schema.AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String };
            if (value == typeof(string[]))
                schema.AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (schema.Type is null && (type == typeof(string) || type == typeof(DateTimeOffset)))
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true } ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        // All that may be left out or taken away so far is a string on the wire.
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
        return Task.CompletedTask;
    }

    private static Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var endpoint = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId ??= NameOf(endpoint.OfType<MethodInfo>().FirstOrDefault());
        var isOpen = endpoint.OfType<IAllowAnonymous>().Any();
        if (!isOpen)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerAuthentication.SchemeName, context.Document)] = [] },
            ];
        }

        operation.Responses ??= [];
        foreach (var (status, response) in operation.Responses.ToArray())
        {
            if (status[0] is '4' or '5' && (response.Content is not { Count: > 0 } || response.Content.ContainsKey("application/problem+json")))
                operation.Responses[status] = ProblemOf(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), context.Document);
        }

        foreach (var status in FrameworkAnswers(operation, context.Description.HttpMethod, isOpen))
            operation.Responses.TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), ProblemOf(status, context.Document));
        return Task.CompletedTask;
    }

    // PostMessage.HandleAsync is the operation postMessage.
    private static string? NameOf(MethodInfo? handler) =>
        handler?.DeclaringType is { } type ? JsonNamingPolicy.CamelCase.ConvertName(type.Name) : null;

    private static IEnumerable<int> FrameworkAnswers(OpenApiOperation operation, string? method, bool isOpen)
    {
        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
            yield return 400;
        if (!isOpen)
            yield return 401;
        if (operation.RequestBody is not null)
        {
            yield return 413;
            yield return 415;
        }

        if (method is not ("GET" or "HEAD"))
            yield return 429;
        yield return 500;
        yield return 503;
    }

    private static OpenApiResponse ProblemOf(int status, OpenApiDocument? document) => new()
    {
        Description = ProblemCode.OfStatus(status).Title,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
        },
    };
}
