using System.Data.Common;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>The recordings that messages and greetings of voicemail are. Thread-safe.</summary>
public sealed class VoicemailSound(TandemStorage storage, RecordingKeeper recordings, TimeProvider time)
{
    // The row of a recording that has just ended is written a moment later.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private const int Steps = 50;

    /// <summary>
    /// Deletes a recording once it is over. One that is still being made some seconds later is abandoned: it goes at the next look for what is old, whatever the retention. One whose file cannot be
    /// deleted stays among the recordings and goes with the retention.
    /// </summary>
    public async Task DropAsync(TenantId tenant, string id, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Step, time);
        for (var i = 0; i < Steps; i++)
        {
            if (await storage.Recordings.FindAsync(tenant, id, cancellation) is { State: not RecordingState.Recording, EndedAt: not null } entry)
            {
                await recordings.DeleteAsync(entry, cancellation);
                return;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }

        await storage.Voicemail.AbandonAsync(tenant, id, cancellation);
    }

    /// <summary>The sound of a recording, to be played; null when it is not there. Reads the disk.</summary>
    /// <exception cref="IOException">The database or the disk is away.</exception>
    public async Task<Stream?> OpenAsync(string tenant, string id)
    {
        try
        {
            return await storage.Recordings.FindAsync(new TenantId(tenant), id) is { } entry ? recordings.TryOpen(entry)?.OpenAudio() : null;
        }
        catch (DbException e)
        {
            throw new IOException("the database is away", e);
        }
    }
}
