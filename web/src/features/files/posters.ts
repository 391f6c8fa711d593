/** How wide a poster is at most; the server makes smaller ones of it. */
const WIDEST = 1280

/** Many films begin in the dark. */
const INTO_IT = 1

/** A file that a browser cannot play says so, or nothing at all. */
const PATIENCE = 10_000

/** A picture of a video near its beginning; undefined where this browser cannot play it. */
export async function posterOf(file: Blob): Promise<Blob | undefined> {
  const video = document.createElement('video')
  const source = URL.createObjectURL(file)
  try {
    video.muted = true
    video.preload = 'auto'
    video.playsInline = true
    video.src = source
    await next(video, 'loadeddata')
    if (video.videoWidth === 0) return undefined
    const moved = next(video, 'seeked')
    // What is recorded by a browser does not say how long it is.
    video.currentTime = Number.isFinite(video.duration) ? Math.min(INTO_IT, video.duration / 2) : 0
    await moved
    return await pictureOf(video)
  } catch {
    return undefined
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(source)
  }
}

function pictureOf(video: HTMLVideoElement): Promise<Blob | undefined> {
  const scale = Math.min(1, WIDEST / video.videoWidth)
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(video.videoWidth * scale)
  canvas.height = Math.round(video.videoHeight * scale)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.85))
}

function next(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`No ${event}`)), PATIENCE)
    video.addEventListener(event, () => resolve(), { once: true })
    video.addEventListener('error', () => reject(new Error('Not playable')), { once: true })
  })
}
