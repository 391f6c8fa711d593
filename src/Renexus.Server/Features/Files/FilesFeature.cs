using Microsoft.OpenApi;
using Renexus.Contracts;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Files;

/// <summary>Files that people upload, for messages and content (FI, docs/files.md).</summary>
internal static class FilesFeature
{
    public static WebApplicationBuilder AddFiles(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<FileLinks>();
        services.AddSingleton<LocalFiles>();
        services.AddSingleton<FileReception>();
        services.AddSingleton<FileBundle>();
        services.AddSingleton<PictureProcess>();
        services.AddSingleton<MakePictures>();
        services.AddJob<MakePictures, MakePictures.OfFile>(MakePictures.Kind, pictures => pictures.RunAsync);
        services.AddRecurring<FileSweep>(FileSweep.Kind, FileSweep.Hourly, sweep => sweep.RunAsync);
        services.AddSingleton(FileParts.Own);
        services.AddSingleton(FileParts.OfWorkspace);
        // Files of a thread are announced with its messages, to those who see it.
        services.AddSingleton(new PublicResource("file", Channels.WorkspaceKind, "/api/files/{0}"));
        return builder;
    }

    public static WebApplication MapFiles(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<RenexusOptions>().Limits;
        var inWorkspace = app.MapGroup("/api/workspaces/{workspaceId:guid}/files").WithTags("Files");
        inWorkspace.MapGet("/", ListFiles.HandleAsync).WithSummary("List the files of a workspace that you see, newest first").ProducesProblem(404);
        inWorkspace.MapPost("/", CreateFile.HandleAsync).WithSummary("Reserve a place for a file, or upload a small one at once as a form")
            .Accepts<CreateFileRequest>("application/json", CreateFile.FormType).TakesUpTo(UploadForm.MaxBytes + UploadForm.MaxFieldsBytes)
            .Produces<StoredFile>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);

        var files = app.MapGroup("/api/files/{fileId:guid}").WithTags("Files");
        files.MapGet("/", GetFile.HandleAsync).WithSummary("Get a file, and where it can be read").ProducesProblem(404);
        files.MapDelete("/", DeleteFile.HandleAsync).WithSummary("Delete a file, or give up an upload").ProducesProblem(403).ProducesProblem(404);
        files.MapPost("/complete", CompleteFile.HandleAsync).WithSummary("Say that all bytes were sent: they are checked, and the file is ready")
            .Produces<StoredFile>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);
        files.MapGet("/content", GetFileContent.HandleAsync).WithSummary("Go where a file can be read").Produces(302).ProducesProblem(404).ProducesProblem(409);

        var links = app.MapGroup("/api/files").WithTags("Files").AllowAnonymous();
        links.MapPut("/uploads/{token}", ReceiveFile.HandleAsync).WithSummary("Send the bytes of a file, by the address that was made for it")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = new OpenApiRequestBody { Description = "Exactly as many bytes as were promised.", Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["*/*"] = new() } };
                return Task.CompletedTask;
            })
            .WithMetadata(new BodyLimit(limits.UploadBytes is 0 ? null : limits.UploadBytes))
            .Produces(204).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);
        links.MapGet("/links/{token}", ReadFile.HandleAsync).WithSummary("Read a file, by an address that was made for it")
            .Produces(200, contentType: FileTypes.Unknown).ProducesProblem(404);
        return app;
    }
}
