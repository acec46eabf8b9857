namespace Tandem.Server.Http;

/// <summary>Lets few sign-ins be checked at a time; each costs a fifth of a second of CPU on purpose.</summary>
public sealed class SignInGate : IDisposable
{
    private const int AtOnce = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>A turn, to be disposed after the check; null when there was none within five seconds.</summary>
    public async Task<IDisposable?> TryEnterAsync(CancellationToken cancellation) =>
        await _places.WaitAsync(Patience, cancellation) ? new Turn(_places) : null;

    public void Dispose() => _places.Dispose();

    private sealed class Turn(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
