using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Renexus.Server.Gateway.Reference;

/// <summary>Makes the generated schemas say what the wire does, and not how our records are written.</summary>
internal static partial class SchemaTidying
{
    private const string RequestSuffix = "Request";

    public static void Tidy(OpenApiDocument document)
    {
        var schemas = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        // The framework's own form of a problem; ours is named everywhere.
        schemas.Remove("ProblemDetails");
        foreach (var (name, schema) in schemas)
            Tidy(schema as OpenApiSchema, isRequest: name.EndsWith(RequestSuffix, StringComparison.Ordinal));

        foreach (var parameter in document.Paths.Values.SelectMany(p => p.Operations!.Values).SelectMany(o => o.Parameters ?? []).OfType<OpenApiParameter>())
        {
            parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            parameter.Description = ForReaders(parameter.Description);
            Tidy(parameter.Schema as OpenApiSchema, isRequest: true);
        }
    }

    private static void Tidy(OpenApiSchema? schema, bool isRequest)
    {
        if (schema is null)
            return;

        schema.Description = ForReaders(schema.Description);
        if (schema.MinLength == 0)
            schema.MinLength = null;
        // Input is closed; answers may gain members.
        if (!isRequest)
            schema.AdditionalPropertiesAllowed = true;
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            if (member is not OpenApiSchema inner)
                continue;

            Tidy(inner, isRequest);
            // Our records take null for whatever may be absent, to say in a sentence that it is required.
            if (isRequest && schema.Required?.Contains(name) == true)
                inner.Type &= ~JsonSchemaType.Null;
        }
    }

    // Rows of our specification mean nothing to those who read the reference.
    private static string? ForReaders(string? description) => description is null ? null : SpecRows().Replace(description, "");

    [GeneratedRegex(@"\s*\((?:see )?[A-Z]{2}-\d+(?:, [A-Z]{2}-\d+)*\)", RegexOptions.NonBacktracking)]
    private static partial Regex SpecRows();
}
