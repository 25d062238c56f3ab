//! The link: the serial port behind the ST-Link. It has no flow control: DMA puts what comes into
//! a ring for two frames, and the host sends no more than the device has said there is room for.

use embassy_futures::yield_now;
use embassy_stm32::{
    Peri,
    mode::Async,
    peripherals::{DMA1_CH1, DMA1_CH3, PD8, PD9, USART3},
    usart::{Config, Error, RingBufferedUartRx, Uart, UartTx},
};
use embedded_io_async::{ErrorType, Read, Write};
use probe_core::frame::FRAME_OCTETS_MAX;
use static_cell::ConstStaticCell;

use super::Interrupts;

const BAUD: u32 = 115_200;

static RING: ConstStaticCell<[u8; 2 * FRAME_OCTETS_MAX]> =
    ConstStaticCell::new([0; 2 * FRAME_OCTETS_MAX]);

/// Starts the port.
pub(super) fn start(
    port: Peri<'static, USART3>,
    receive: Peri<'static, PD9>,
    send: Peri<'static, PD8>,
    send_dma: Peri<'static, DMA1_CH3>,
    receive_dma: Peri<'static, DMA1_CH1>,
) -> (UartReader, UartWriter) {
    let mut config = Config::default();
    config.baudrate = BAUD;
    let uart = Uart::new(
        port,
        receive,
        send,
        send_dma,
        receive_dma,
        Interrupts,
        config,
    );
    let (writer, reader) = uart.expect("the baud rate can be made").split();
    let reader = reader.into_ring_buffered(RING.take());
    (UartReader(reader), UartWriter(writer))
}

/// The host's octets.
pub(crate) struct UartReader(RingBufferedUartRx<'static>);

/// Octets for the host.
pub(crate) struct UartWriter(UartTx<'static, Async>);

impl ErrorType for UartReader {
    type Error = Error;
}

impl Read for UartReader {
    /// Goes on behind octets that were garbled, or came too fast: the frames that they belonged to
    /// are counted, and said again.
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, Error> {
        loop {
            match self.0.read(octets).await {
                Ok(count) => return Ok(count),
                Err(_error) => {
                    #[cfg(feature = "defmt")]
                    defmt::warn!("link: octets lost: {}", defmt::Debug2Format(&_error));
                    yield_now().await;
                }
            }
        }
    }
}

impl ErrorType for UartWriter {
    type Error = Error;
}

impl Write for UartWriter {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, Error> {
        self.0.write(octets).await?;
        Ok(octets.len())
    }

    async fn flush(&mut self) -> Result<(), Error> {
        self.0.flush().await
    }
}
