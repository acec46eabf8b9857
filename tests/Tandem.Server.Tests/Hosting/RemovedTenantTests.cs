using System.Net.Http.Headers;
using System.Net.Http.Json;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Tenants;

namespace Tandem.Server.Hosting;

/// <summary>Sounds are files, and no database removes them: a server does, for tenants that are removed while it runs and while it does not.</summary>
public sealed class RemovedTenantTests : IDisposable
{
    private readonly Folder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sounds_of_a_removed_tenant_go()
    {
        await using (var running = await StartAsync())
        {
            await MakeAsync(running, "one");
            await MakeAsync(running, "two");
            await MakeAsync(running, "three");
            using var removed = await running.Client.DeleteAsync(new Uri("/api/v1/tenants/one", UriKind.Relative), Cancellation);
            Assert.True(removed.IsSuccessStatusCode);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (Directory.Exists(Sounds("one")))
                await timer.WaitForNextTickAsync(Cancellation);
            Assert.True(Directory.Exists(Sounds("two")));
        }

        await using (var storage = TandemStorage.Open(new StorageOptions { DataDirectory = _folder.Path }))
            Assert.Equal(TenantSave.Done, await storage.Tenants.RemoveAsync(new TenantId("two"), Cancellation));
        Assert.True(Directory.Exists(Sounds("two")));

        await using var again = await StartAsync();
        Assert.Equal((false, true), (Directory.Exists(Sounds("two")), Directory.Exists(Sounds("three"))));
    }

    private string Sounds(string tenant) => _folder.At($"prompts/{tenant}");

    private Task<RunningExchange> StartAsync() =>
        RunningExchange.StartAsync(options => options with { Server = options.Server with { DataDirectory = _folder.Path } });

    private static async Task MakeAsync(RunningExchange running, string tenant)
    {
        using var made = await running.Client.PostAsJsonAsync("/api/v1/tenants", new { id = tenant, displayName = tenant }, Cancellation);
        Assert.True(made.IsSuccessStatusCode);
        using var sound = new ByteArrayContent(Seeds.Wav());
        sound.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        using var saved = await running.Client.PutAsync(new Uri($"/api/v1/prompts/hello?tenant={tenant}", UriKind.Relative), sound, Cancellation);
        Assert.True(saved.IsSuccessStatusCode);
    }
}
