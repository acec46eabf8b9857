namespace Tandem.Server.Rest;

/// <summary>One API for the cases of a class that only read, or are refused: what one of them does the next must not see.</summary>
public class SharedApi : IAsyncLifetime
{
    public ApiServer Server { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Server = await ApiServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
