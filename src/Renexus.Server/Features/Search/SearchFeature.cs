using Renexus.Contracts;

namespace Renexus.Server.Features.Search;

/// <summary>
/// Finds what somebody may see by its words (TH-5). What can be found is published by the features that own it, each as a view with much
/// the same columns: a kind is a branch of <see cref="SearchWorkspace"/>'s window.
/// </summary>
internal static class SearchFeature
{
    public static WebApplicationBuilder AddSearch(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SearchIndex>();
        builder.Services.AddSingleton<ContentIndex>();
        builder.Services.AddHostedService<SearchFollowing>();
        return builder;
    }

    public static WebApplication MapSearch(this WebApplication app)
    {
        app.MapGet("/api/search", SearchWorkspace.HandleAsync).WithTags("Search").WithSummary("Find messages and content of a workspace by their words")
            .Produces<Page<SearchHit>>().ProducesProblem(403).ProducesProblem(404);
        return app;
    }
}
